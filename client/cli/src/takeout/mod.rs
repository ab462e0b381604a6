//! `import-takeout`: what Google Takeout gave, with its albums, dates, captions and favourites.

mod dates;
mod names;
mod tree;

use jiff::tz::TimeZone;

use self::{
    dates::{Decision, decide},
    names::Match,
    tree::{Folder, Medium, Tree},
};
use crate::{
    End,
    api::Api,
    cli::ImportTakeout,
    fault::{Fault, Outcome},
    file_date,
    item::Item,
    journal::Journal,
    media_type::acceptable_name,
    notes::Notes,
    output::Output,
    progress::Progress,
    report::{Fate, Provenance, Report, Subject},
    shown::{count, shown},
    sidecar::Google,
    transfer::{Target, Transfer},
    upload::finish,
};

/// What the API has no way to note.
const PLACE_NOT_KEPT: &str = "Google knows where it was taken; that is kept only where the file says it too";

/// Imports an export.
pub(crate) fn import(args: &ImportTakeout, api: &Api, output: Output) -> Outcome<End> {
    let zone = args.time_zone.as_deref().map(zone_of).transpose()?;
    let tree = Tree::read(&args.paths)?;
    let report = Report::new(output, args.report.as_deref())?;
    for (path, reason) in &tree.unreadable {
        let subject = Subject { path, gallery: "", size: 0, provenance: None };
        report.tell(&subject, &Fate::Failed(reason.clone()), None);
    }
    let plan = Plan::of(&tree, &args.rest, zone.as_ref(), api, &report)?;
    summary(&tree, &plan, output);
    let total = plan.items.iter().map(|item| item.size).sum();
    let titles: Vec<String> = plan.targets.iter().map(|target| target.name.clone()).collect();
    let journal = Journal::open(api.profile())?;
    let progress = Progress::new(output, plan.items.len(), total);
    let transfer = Transfer {
        api,
        journal: &journal,
        report: &report,
        progress: &progress,
        sending: &args.sending,
        items: &plan.items,
        titles: &titles,
        provenance: &plan.provenance,
        once: true,
    };
    finish(&transfer, plan.targets.clone(), args.sending.dry_run)
}

fn zone_of(name: &str) -> Outcome<TimeZone> {
    TimeZone::get(name).map_err(|_| Fault::Usage(format!("{} is no time zone, such as Europe/Vienna.", shown(name))))
}

/// What is to be uploaded: albums first, then what is in none.
#[derive(Default)]
struct Plan {
    items: Vec<Item>,
    provenance: Vec<Provenance>,
    targets: Vec<Target>,
    albums: usize,
}

impl Plan {
    fn of(tree: &Tree, rest: &str, zone: Option<&TimeZone>, api: &Api, report: &Report) -> Outcome<Self> {
        let mut plan = Self::default();
        let (mut albums, mut others): (Vec<(String, &Folder)>, Vec<&Folder>) = (Vec::new(), Vec::new());
        for (path, folder) in &tree.folders {
            match folder.album(path) {
                Some(title) => albums.push((title, folder)),
                None => others.push(folder),
            }
        }
        for (title, folder) in albums.into_iter().filter(|(_, folder)| !folder.media.is_empty()) {
            let target = plan.target(&title);
            plan.add_folder(folder, target, zone, api, report)?;
        }
        plan.albums = plan.targets.len();
        for folder in others.into_iter().filter(|folder| !folder.media.is_empty()) {
            let target = plan.target(rest);
            plan.add_folder(folder, target, zone, api, report)?;
        }
        Ok(plan)
    }

    fn target(&mut self, title: &str) -> usize {
        let target = Target::named(title);
        let known = self.targets.iter().position(|known| known.name == target.name);
        known.unwrap_or_else(|| {
            self.targets.push(target);
            self.targets.len() - 1
        })
    }

    fn add_folder(
        &mut self,
        folder: &Folder,
        target: usize,
        zone: Option<&TimeZone>,
        api: &Api,
        report: &Report,
    ) -> Outcome<()> {
        for medium in &folder.media {
            api.stop.check()?;
            self.add(folder, medium, target, zone, report);
        }
        Ok(())
    }

    fn add(&mut self, folder: &Folder, medium: &Medium, target: usize, zone: Option<&TimeZone>, report: &Report) {
        let found = folder.sidecar(&medium.name);
        let google = found.as_ref().and_then(|(place, found)| Some((Google::parse(&place.text()?)?, *found)));
        let sidecar = found.map(|(place, _)| place.shown);
        let of_google = google.as_ref().map(|(google, _)| google);
        let file = file_date::read(&medium.place.source, medium.content_type);
        let decision = decide(file.as_ref(), of_google.and_then(|google| google.taken), &medium.name, zone);
        let provenance = provenance_of(sidecar, &decision, of_google);
        if of_google.is_some_and(|google| google.trashed) {
            let gallery = &self.targets[target].name;
            let subject =
                Subject { path: &medium.place.shown, gallery, size: medium.place.size, provenance: Some(&provenance) };
            return report.tell(&subject, &Fate::Skipped("in the trash of Google Photos".into()), None);
        }
        // A film of a Live Photo, or an edited copy, is not said to be liked twice.
        let liked = google.as_ref().is_some_and(|(google, found)| google.favourite && *found == Match::Own);
        let notes = Notes {
            caption: of_google.and_then(|google| google.caption.clone()),
            taken: decision.note,
            place_name: None,
            liked,
        };
        self.items.push(Item {
            shown: medium.place.shown.clone(),
            key: medium.place.key.clone(),
            stamp: medium.place.stamp.clone(),
            source: medium.place.source.clone(),
            file_name: acceptable_name(&medium.name),
            content_type: medium.content_type,
            size: medium.place.size,
            // The date of the file is that of the export.
            modified_at: None,
            target,
            notes,
        });
        self.provenance.push(provenance);
    }
}

fn provenance_of(sidecar: Option<String>, decision: &Decision, google: Option<&Google>) -> Provenance {
    Provenance {
        sidecar,
        date_source: decision.source,
        date_confidence: decision.confidence,
        taken_at: decision.taken.as_ref().map(|taken| taken.at.clone()),
        taken_at_offset_minutes: decision.taken.as_ref().and_then(|taken| taken.offset_minutes),
        remark: google.and_then(|google| google.place).map(|_| PLACE_NOT_KEPT),
    }
}

fn summary(tree: &Tree, plan: &Plan, output: Output) {
    let files = |number: usize| count(number, "file", "files");
    output.line(format!("{} in {}", files(plan.items.len()), count(plan.albums, "album", "albums")));
    let with = plan.provenance.iter().filter(|provenance| provenance.sidecar.is_some()).count();
    output.line(format!("{} with a sidecar of Google, {} without", files(with), files(plan.items.len() - with)));
    for confidence in ["high", "medium", "low"] {
        let number = plan.provenance.iter().filter(|provenance| provenance.date_confidence == confidence).count();
        if number > 0 {
            output.line(format!("{} with a date of {confidence} confidence", files(number)));
        }
    }
    if tree.others > 0 {
        output.line(format!("{} of other kinds left out", files(tree.others)));
    }
}
