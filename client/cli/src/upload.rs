//! `upload`: from files and folders to galleries.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf, absolute},
};

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::{
    End,
    api::Api,
    cli::Upload,
    fault::{Fault, Outcome},
    file_date,
    item::{Item, Source, stamp},
    journal::Journal,
    media_type::acceptable_name,
    notes::Taken,
    output::Output,
    progress::Progress,
    report::{Fate, Report, Subject},
    shown::{count, shown_path},
    sidecar::{self, GALLERY_FILE, GalleryFile},
    transfer::{Target, Transfer, run},
    walk::{Filter, Found, Walked, walk},
};

/// Uploads what is below the paths.
pub(crate) fn upload(args: &Upload, api: &Api, output: Output) -> Outcome<End> {
    let filter = Filter::of(&args.include, &args.exclude)?;
    let walked = walk(&args.paths, &filter)?;
    let report = Report::new(output, None)?;
    let mut plan = Plan::new(args);
    for found in &walked.found {
        plan.add(found, &report);
    }
    tell_of_the_rest(&walked, &report, output);
    let Plan { items, targets, .. } = plan;
    let total = items.iter().map(|item| item.size).sum();
    let titles: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
    let journal = Journal::open(api.profile())?;
    let progress = Progress::new(output, items.len(), total);
    let transfer = Transfer {
        api,
        journal: &journal,
        report: &report,
        progress: &progress,
        sending: &args.sending,
        items: &items,
        titles: &titles,
        provenance: &[],
        once: false,
    };
    finish(&transfer, targets, args.sending.dry_run)
}

/// Runs, and prints the report whatever the end.
pub(crate) fn finish(transfer: &Transfer<'_>, targets: Vec<Target>, dry_run: bool) -> Outcome<End> {
    let ran = run(transfer, targets);
    transfer.progress.end();
    if let Err(fault @ Fault::Usage(_)) = ran {
        return Err(fault);
    }
    let end = transfer.report.end(if dry_run { "would be uploaded" } else { "uploaded" })?;
    match ran {
        Ok(()) => Ok(end),
        Err(Fault::Stopped) => Err(Fault::Failed("Stopped. Run the same command again to go on where it was.".into())),
        Err(Fault::Passing(reason)) => {
            Err(Fault::Failed(format!("{reason}. Run the same command again to go on where it was.")))
        }
        Err(fault) => Err(fault),
    }
}

/// Tells of what is not uploaded for what it is.
fn tell_of_the_rest(walked: &Walked, report: &Report, output: Output) {
    for (path, reason) in &walked.unreadable {
        report.tell(&subject(&shown_path(path), 0), &Fate::Failed(reason.clone()), None);
    }
    for path in &walked.repeated {
        let fate = Fate::Skipped("a link to a folder that was walked through already".into());
        report.tell(&subject(&shown_path(path), 0), &fate, None);
    }
    if walked.other_count > 0 {
        let endings: Vec<&str> = walked.others.iter().map(String::as_str).take(20).collect();
        let others = count(walked.other_count, "file is", "files are");
        output.line(format!("{others} neither photo nor video by the ending: {}", endings.join(", ")));
    }
}

fn subject(path: &str, size: u64) -> Subject<'_> {
    Subject { path, gallery: "", size, provenance: None }
}

/// Items and targets, as they are found.
struct Plan<'a> {
    args: &'a Upload,
    zone: TimeZone,
    items: Vec<Item>,
    targets: Vec<Target>,
    /// Which target a folder belongs to.
    folders: HashMap<PathBuf, usize>,
}

impl<'a> Plan<'a> {
    fn new(args: &'a Upload) -> Self {
        let targets = args.gallery.iter().map(|name| Target::named(name)).collect();
        Self { args, zone: TimeZone::system(), items: Vec::new(), targets, folders: HashMap::new() }
    }

    fn add(&mut self, found: &Found, report: &Report) {
        let shown = shown_path(&found.path);
        let sidecars = sidecar::read(&found.path);
        if let Some(path) = &sidecars.unreadable {
            let fate = Fate::Failed("The sidecar cannot be read; what it says is not kept.".into());
            report.tell(&subject(&shown_path(path), 0), &fate, None);
        }
        let source = Source::File(found.path.clone());
        let modified = found.metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
        let modified =
            modified.and_then(|time| Taken::on_the_wall(time.to_zoned_datetime(self.zone.clone()).datetime()));
        if !self.is_of_these_days(sidecars.notes.taken.as_ref(), &source, found.content_type, modified.as_ref()) {
            let fate = Fate::Skipped("not of these days".into());
            return report.tell(&subject(&shown, found.metadata.len()), &fate, None);
        }
        let name = found.path.file_name().unwrap_or_default().to_string_lossy();
        let item = Item {
            key: absolute(&found.path).map_or_else(|_| shown.clone(), |path| shown_path(&path)),
            shown,
            stamp: stamp(&found.metadata),
            source,
            file_name: sidecars.file_name.unwrap_or_else(|| acceptable_name(&name)),
            content_type: found.content_type,
            size: found.metadata.len(),
            modified_at: modified.map(|taken| taken.at),
            target: self.target(found),
            notes: sidecars.notes,
        };
        self.items.push(item);
    }

    /// Whether it was taken between `--since` and `--until`, as far as that is known here.
    fn is_of_these_days(
        &self,
        noted: Option<&Taken>,
        source: &Source,
        content_type: &str,
        modified: Option<&Taken>,
    ) -> bool {
        let (since, until) = (self.args.since, self.args.until);
        if since.is_none() && until.is_none() {
            return true;
        }
        let of_file = || file_date::read(source, content_type).and_then(|date| date.taken());
        let taken = noted.cloned().or_else(of_file).or_else(|| modified.cloned());
        let day: Option<Date> = taken.and_then(|taken| taken.wall()).map(DateTime::date);
        day.is_none_or(|day| since.is_none_or(|since| since <= day) && until.is_none_or(|until| day <= until))
    }

    fn target(&mut self, found: &Found) -> usize {
        if self.args.gallery.is_some() {
            return 0;
        }
        let folder = found.path.parent().unwrap_or(Path::new("")).to_owned();
        if let Some(target) = self.folders.get(&folder) {
            return *target;
        }
        let described = folder.ancestors().take_while(|folder| folder.starts_with(&found.root)).find_map(described);
        let target = described.unwrap_or_else(|| Target::named(&title_of(&folder)));
        // Folders of the same title are one gallery.
        let known = self.targets.iter().position(|known| known.name == target.name);
        let position = known.unwrap_or_else(|| {
            self.targets.push(target);
            self.targets.len() - 1
        });
        self.folders.insert(folder, position);
        position
    }
}

/// The gallery that a file in a folder describes, as `download` wrote it.
fn described(folder: &Path) -> Option<Target> {
    let text = fs::read_to_string(folder.join(GALLERY_FILE)).ok()?;
    let file = GalleryFile::parse(&text)?;
    Some(Target {
        description: file.description,
        visibility: Some(file.visibility),
        sort: Some(file.sort),
        ..Target::named(&file.title)
    })
}

/// The name of a folder; that of `.` too.
fn title_of(folder: &Path) -> String {
    let real = if folder.file_name().is_some() { Ok(folder.to_owned()) } else { fs::canonicalize(folder) };
    let name = real.ok().and_then(|folder| folder.file_name().map(|name| name.to_string_lossy().into_owned()));
    name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Photos".to_owned())
}
