//! The library as plain files: originals by gallery and date, what is known of each beside it, and an album to look at.
//!
//! It can be broken off and begun again: an original that is there whole is not fetched anew.

mod album;
mod erase;
mod name;
mod people;
mod sidecar;

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use model::{Description, Gallery, Media, MediaStatus, RenditionName, UserId};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{Store, Survey};

use self::{
    album::Tile,
    name::{Folder, safe},
    people::People,
};

pub(crate) use self::erase::erase;

/// How far an export is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Photos and films that are there now.
    pub media: usize,
    /// Of these, those that were there already.
    pub kept: usize,
    /// Those whose original is missing or damaged in the library: they are named in `problems.txt`.
    pub problems: usize,
}

/// What one export works with.
struct Export<'a> {
    store: &'a Store,
    survey: &'a Survey,
    people: &'a People,
    dir: &'a Path,
    done: Exported,
    problems: Vec<String>,
}

/// Writes what galleries show into a folder; of one person, by name or address, only what is theirs.
///
/// # Errors
/// When a service does not answer, the folder cannot be written, or nobody or several are called so.
pub(crate) async fn export(
    store: &Store,
    dir: &Path,
    person: Option<&str>,
    tell: &(dyn Fn(Exported, usize) + Sync),
) -> anyhow::Result<Exported> {
    let people = People::read(store).await?;
    let person = person.map(|name| people.find(name)).transpose()?;
    let survey = store.survey().await?;
    fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let mut export =
        Export { store, survey: &survey, people: &people, dir, done: Exported::default(), problems: Vec::new() };
    let is_wanted = |media: &&Media| media.is_shown() && person.is_none_or(|person| media.uploaded_by == person.id);
    let total = survey.media.values().filter(is_wanted).count();
    let mut galleries: Vec<&Gallery> = survey.galleries.values().collect();
    galleries.sort_by_key(|gallery| gallery.id);
    let (mut names, mut listed) = (Folder::default(), Vec::new());
    for gallery in galleries {
        let mut media: Vec<&Media> =
            survey.media.values().filter(|media| media.gallery_id == gallery.id).filter(is_wanted).collect();
        // By when they came: what comes later changes no name.
        media.sort_by_key(|media| media.id);
        if media.is_empty() {
            continue;
        }
        let folder = names.take(&safe(gallery.title.as_str(), "gallery"), &short(gallery.id.ulid()));
        export.gallery(gallery, &folder, &media, &|done| tell(done, total)).await?;
        listed.push((gallery.title.as_str().to_owned(), folder, media.len()));
    }
    listed.sort_by_key(|(title, ..)| title.to_lowercase());
    write(&dir.join("index.html"), album::library(&listed).as_bytes())?;
    if let Some(person) = person {
        write_json(&dir.join("person.json"), &export.person(person.id).await?)?;
    }
    let problems = dir.join("problems.txt");
    if export.problems.is_empty() {
        remove_if_there(&problems)?;
    } else {
        write(&problems, (export.problems.join("\n") + "\n").as_bytes())?;
    }
    Ok(export.done)
}

impl Export<'_> {
    async fn gallery(
        &mut self,
        gallery: &Gallery,
        folder: &str,
        media: &[&Media],
        tell: &(dyn Fn(Exported) + Sync),
    ) -> anyhow::Result<()> {
        let title = gallery.title.as_str();
        let mut months: HashMap<String, Folder> = HashMap::new();
        let mut tiles = Vec::new();
        for media in media {
            let month = media.month();
            let within = format!("{}/{month}", &month[..4]);
            let name = format!("{} {}", media.day(), safe(media.file_name.as_str(), "photo"));
            let name = months.entry(month).or_default().take(&name, &short(media.id.ulid()));
            let original = format!("{within}/{name}");
            let path = self.dir.join(folder).join(&within).join(&name);
            create_folder_of(&path)?;
            if !self.original(media, &path).await? {
                self.problems.push(format!("{folder}/{original}: the original is missing or damaged ({})", media.id));
                self.done.problems += 1;
            }
            let about = sidecar::json(media, title, self.survey, self.people);
            write_json(&beside(&path, "json"), &about)?;
            write(&beside(&path, "xmp"), sidecar::xmp(media).as_bytes())?;
            let thumbnail = self.rendition(media, folder, RenditionName::Thumbnail).await?;
            let preview = self.rendition(media, folder, RenditionName::Preview).await?;
            tiles.push(Tile { media, original, thumbnail, preview });
            tell(self.done);
        }
        tiles.sort_by_key(|tile| (tile.media.sort_time(), tile.media.id));
        let description = gallery.description.as_ref().map(Description::as_str);
        let page = album::gallery(title, description, &tiles, self.survey, self.people);
        write(&self.dir.join(folder).join("index.html"), page.as_bytes())
    }

    /// Brings an original, unless it is there; false where the library has it not, or not whole. What is damaged is
    /// never put where a good one may be.
    async fn original(&mut self, media: &Media, path: &Path) -> anyhow::Result<bool> {
        if is_whole(path, media)? {
            self.done.media += 1;
            self.done.kept += 1;
            return Ok(true);
        }
        let unfinished = beside(path, "unfinished");
        let got = self.store.download_original(media.id, &unfinished, u64::MAX).await?;
        if got != Some((media.size_bytes, media.sha256)) {
            remove_if_there(&unfinished)?;
            return Ok(false);
        }
        File::open(&unfinished).and_then(|file| file.sync_all()).with_context(|| unfinished.display().to_string())?;
        fs::rename(&unfinished, path).with_context(|| path.display().to_string())?;
        self.done.media += 1;
        Ok(true)
    }

    /// Brings a small picture for the album, and gives its path from the page.
    async fn rendition(&self, media: &Media, folder: &str, name: RenditionName) -> anyhow::Result<Option<String>> {
        let Some(made) = media.renditions.as_ref().filter(|_| media.status != MediaStatus::Failed) else {
            return Ok(None);
        };
        let within = format!("album/{}", name.as_str());
        let file = format!("{within}/{}-{}.jpg", media.id, made.recipe);
        let path = self.dir.join(folder).join(&file);
        if path.exists() {
            return Ok(Some(file));
        }
        let Some(bytes) = self.store.get_rendition(media.id, &made.recipe, name).await? else { return Ok(None) };
        create_folder_of(&path)?;
        write(&path, &bytes)?;
        Ok(Some(file))
    }

    /// All that the library knows of a person, beside what they brought.
    async fn person(&self, id: UserId) -> anyhow::Result<Value> {
        let said = self.survey.comments().filter(|comment| comment.author == id && comment.text.is_some());
        let mut comments: Vec<&model::Comment> = said.collect();
        comments.sort_by_key(|comment| comment.created_at);
        let mut likes: Vec<String> = self.survey.liked_by(id).map(|media| media.to_string()).collect();
        likes.sort();
        Ok(json!({
            "account": self.store.get_user(id).await?,
            "comments": comments.into_iter().map(|comment| self.people.comment(comment)).collect::<Vec<_>>(),
            "likes": likes,
            "galleriesShared": self.survey.granted_to(id).collect::<Vec<_>>(),
        }))
    }
}

/// The end of an id, which is random.
fn short(ulid: ulid::Ulid) -> String {
    let text = ulid.to_string();
    text[text.len() - 8..].to_owned()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn create_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}

/// Whether a file has the bytes of an original: it was named only when they were all there, but years may have passed.
fn is_whole(path: &Path, media: &Media) -> anyhow::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    if file.metadata()?.len() != media.size_bytes {
        return Ok(false);
    }
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher)?;
    Ok(model::Sha256::new(hasher.finalize().into()) == media.sha256)
}

/// Written under another name first: what is there is always whole.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let unfinished = beside(path, "unfinished");
    fs::write(&unfinished, bytes)
        .and_then(|()| fs::rename(&unfinished, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn write_json(path: &Path, value: &Value) -> anyhow::Result<()> {
    write(path, (serde_json::to_string_pretty(value)? + "\n").as_bytes())
}

fn remove_if_there(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).context(path.display().to_string()),
        _ => Ok(()),
    }
}
