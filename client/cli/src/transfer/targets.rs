//! The galleries that files go to: found by id or title before anything is read, made when the first file needs them.

use crate::{
    api::{Api, check_mistakes},
    cli::{Sending, Visibility},
    fault::{Fault, Outcome},
    galleries::{self, Card},
    operations::{CreateGallery, create_gallery},
    retry::{Attempt, retry},
    shown::shown,
};

/// The longest title that the server takes, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// A gallery that files are to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Its title, or its id.
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Who may see it where it is made, if a sidecar says that.
    pub(crate) visibility: Option<String>,
    /// The order of its media where it is made, if a sidecar says that.
    pub(crate) sort: Option<String>,
}

impl Target {
    /// A gallery of which only a title or an id is known.
    pub(crate) fn named(name: &str) -> Self {
        let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let name = clean.trim().chars().take(MAX_TITLE_CHARS).collect();
        Self { name, description: None, visibility: None, sort: None }
    }
}

/// The targets, and which galleries they are.
pub(super) struct Targets {
    wanted: Vec<Target>,
    ids: Vec<Option<Outcome<String>>>,
    visibility: Visibility,
}

impl Targets {
    /// Finds those that are there.
    pub(super) fn find(api: &Api, targets: Vec<Target>, sending: &Sending) -> Outcome<Self> {
        let cards = galleries::all(api)?;
        let mut ids = Vec::with_capacity(targets.len());
        for target in &targets {
            let found = galleries::find(&cards, &target.name)?;
            if found.is_none() && target.name.starts_with("gal_") {
                return Err(Fault::Usage(format!("There is no gallery {} that you may see.", shown(&target.name))));
            }
            if let Some(card) = found {
                may_upload(card)?;
            }
            ids.push(found.map(|card| Ok(card.id.clone())));
        }
        Ok(Self { wanted: targets, ids, visibility: sending.visibility })
    }

    /// The id of a target that is there.
    pub(super) fn id(&self, target: usize) -> Option<&str> {
        self.ids[target].as_ref().and_then(|id| id.as_deref().ok())
    }

    /// The id of a target, which is made where it is not there. It is tried once.
    pub(super) fn id_or_create(&mut self, api: &Api, target: usize) -> Outcome<String> {
        if self.ids[target].is_none() {
            self.ids[target] = Some(create(api, &self.wanted[target], self.visibility));
        }
        self.ids[target].clone().expect("it was just made")
    }
}

fn may_upload(card: &Card) -> Outcome<()> {
    match &card.viewer_can {
        Some(can) if !can.upload => {
            Err(Fault::Usage(format!("You may not add anything to the gallery {}.", shown(&card.title))))
        }
        _ => Ok(()),
    }
}

/// Makes a gallery. Where the answer is lost, it looks for it before it tries again, so that there are never two.
fn create(api: &Api, target: &Target, visibility: Visibility) -> Outcome<String> {
    let input = create_gallery::CreateGalleryInput {
        title: target.name.clone(),
        description: target.description.clone(),
        visibility: visibility_of(target, visibility),
        sort: sort_of(target),
    };
    let mut tried = false;
    retry(api.patience, &api.stop, api.next_salt(), || {
        if tried {
            match galleries::all(api).and_then(|cards| Ok(galleries::find(&cards, &target.name)?.cloned())) {
                Ok(Some(card)) => return Attempt::Done(card.id),
                Ok(None) => {}
                Err(fault) => return Attempt::Fails(fault),
            }
        }
        tried = true;
        let made = api.call_once::<CreateGallery>(create_gallery::Variables { input: input.clone() });
        match made.and_then(id_of) {
            Ok(id) => Attempt::Done(id),
            Err(fault @ Fault::Passing(_)) => Attempt::Again(fault, None),
            Err(fault) => Attempt::Fails(fault),
        }
    })
}

fn id_of(data: create_gallery::ResponseData) -> Outcome<String> {
    let nothing = || Fault::Failed("The server did not make the gallery.".into());
    let payload = data.create_gallery.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    Ok(payload.gallery.ok_or_else(nothing)?.id)
}

fn visibility_of(target: &Target, otherwise: Visibility) -> create_gallery::Visibility {
    match (target.visibility.as_deref(), otherwise) {
        (Some("FAMILY"), _) | (None, Visibility::Family) => create_gallery::Visibility::FAMILY,
        (Some("RESTRICTED"), _) | (None, Visibility::Restricted) => create_gallery::Visibility::RESTRICTED,
        _ => create_gallery::Visibility::PRIVATE,
    }
}

fn sort_of(target: &Target) -> create_gallery::GallerySort {
    match target.sort.as_deref() {
        Some("TAKEN_AT_DESC") => create_gallery::GallerySort::TAKEN_AT_DESC,
        Some("UPLOADED_AT_DESC") => create_gallery::GallerySort::UPLOADED_AT_DESC,
        _ => create_gallery::GallerySort::TAKEN_AT_ASC,
    }
}
