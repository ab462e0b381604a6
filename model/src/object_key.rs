//! Names of objects in the buckets.
//!
//! Keys hold ids only: the names that files came with live in the records.

use crate::{MediaId, RenditionName, Rotation};

const ORIGINALS: &str = "originals/";
const JOBS: &str = "jobs/";

/// What a job asks the processor to do with a stored original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// To look at the file anew, and to make its renditions.
    Render,
    /// To bring a film into a form that every phone plays. Takes minutes to hours, so it waits in a line of its own.
    Convert,
    /// To make an upright copy.
    Upright,
}

impl Work {
    const ALL: [Self; 3] = [Self::Render, Self::Convert, Self::Upright];

    /// Its part of the object key.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Render => "render",
            Self::Convert => "convert",
            Self::Upright => "upright",
        }
    }

    /// What the keys of its jobs begin with.
    #[must_use]
    pub fn prefix(self) -> String {
        format!("{JOBS}{}/", self.as_str())
    }
}

/// An object of the `originals` bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginalsKey {
    /// The bytes of a photo or video, written once: `originals/<media id>`.
    Original(MediaId),
    /// An empty object whose arrival asks the processor for something: `jobs/<work>/<media id>/<name>`.
    Job(Work, MediaId, String),
}

impl OriginalsKey {
    /// Reads a key; none where it is not one of ours.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        if let Some(id) = key.strip_prefix(ORIGINALS) {
            return id.parse().ok().map(Self::Original);
        }
        let (work, job) = key.strip_prefix(JOBS)?.split_once('/')?;
        let work = Work::ALL.into_iter().find(|known| known.as_str() == work)?;
        let (id, name) = job.split_once('/')?;
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if plain { Some(Self::Job(work, id.parse().ok()?, name.to_owned())) } else { None }
    }

    /// The media that it is about.
    #[must_use]
    pub fn media_id(&self) -> MediaId {
        match self {
            Self::Original(id) | Self::Job(_, id, _) => *id,
        }
    }

    /// What it asks for.
    #[must_use]
    pub fn work(&self) -> Work {
        match self {
            Self::Original(_) => Work::Render,
            Self::Job(work, ..) => *work,
        }
    }
}

impl std::fmt::Display for OriginalsKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Original(id) => write!(f, "{ORIGINALS}{id}"),
            Self::Job(work, id, name) => write!(f, "{}{id}/{name}", work.prefix()),
        }
    }
}

/// Name of the way in which renditions are made today; another way gets another name.
const RECIPE_VERSION: &str = "r2";

/// The recipe for a turn that a person asked for, for example `r2-90`.
#[must_use]
pub fn recipe(rotation: Rotation) -> String {
    format!("{RECIPE_VERSION}-{}", rotation.degrees())
}

/// The recipe of the sign that stands for a film where nothing can make a picture of it.
#[must_use]
pub fn sign_recipe(rotation: Rotation) -> String {
    format!("s1-{}", rotation.degrees())
}

/// The recipe of a film that phones play, for a turn that a person asked for. Apart from [`recipe`], as converting is dear.
#[must_use]
pub fn playback_recipe(rotation: Rotation) -> String {
    format!("p1-{}", rotation.degrees())
}

/// The recipe of an upright copy, for a turn that a person asked for.
#[must_use]
pub fn upright_recipe(rotation: Rotation) -> String {
    format!("u1-{}", rotation.degrees())
}

/// Key in the `renditions` bucket: `<media id>/<recipe>/<name>`.
#[must_use]
pub fn rendition_key(media: MediaId, recipe: &str, name: RenditionName) -> String {
    format!("{media}/{recipe}/{}", name.as_str())
}

/// What the renditions of a photo or video begin with: those of one recipe, or all.
#[must_use]
pub fn renditions_prefix(media: MediaId, recipe: Option<&str>) -> String {
    recipe.map_or_else(|| format!("{media}/"), |recipe| format!("{media}/{recipe}/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;

    proptest! {
        #[test]
        fn a_key_parses_back(id in any::<u128>(), job in "[a-zA-Z0-9-]{1,40}") {
            let id = MediaId::new(Ulid(id));
            for key in Work::ALL.map(|work| OriginalsKey::Job(work, id, job.clone())) {
                prop_assert!(key.to_string().starts_with(&key.work().prefix()));
                prop_assert_eq!(OriginalsKey::parse(&key.to_string()), Some(key));
            }
            let original = OriginalsKey::Original(id);
            prop_assert_eq!(OriginalsKey::parse(&original.to_string()), Some(original));
        }

        #[test]
        fn a_foreign_key_is_none_of_ours(key in "\\PC{0,80}") {
            if let Some(parsed) = OriginalsKey::parse(&key) {
                prop_assert_eq!(parsed.to_string(), key);
            }
        }
    }

    #[test]
    fn keys_are_as_documented() {
        let id = MediaId::new(Ulid(0));
        assert_eq!(OriginalsKey::Original(id).to_string(), "originals/med_00000000000000000000000000");
        assert_eq!(
            OriginalsKey::Job(Work::Convert, id, "again-1".to_owned()).to_string(),
            "jobs/convert/med_00000000000000000000000000/again-1"
        );
        assert_eq!(
            rendition_key(id, &recipe(Rotation::Quarter), RenditionName::Thumbnail),
            "med_00000000000000000000000000/r2-90/thumbnail"
        );
    }
}
