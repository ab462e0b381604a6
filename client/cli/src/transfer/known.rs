//! What galleries hold already, by digest: read a hundred at a time when the first file for a gallery comes, so that ten
//! thousand files that are there take a hundred requests.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    api::Api,
    fault::{Fault, Outcome},
    item::Digest,
    originals::{GallerySort, Status, each_page, trashed},
};

/// Something that the server has.
#[derive(Clone)]
pub(super) enum KnownMedia {
    There {
        id: String,
        status: Status,
    },
    /// In the trash, as far as one may look there.
    Trashed,
}

/// What the server has.
pub(super) struct Known<'a> {
    api: &'a Api,
    galleries: HashMap<String, HashMap<Digest, KnownMedia>>,
    /// What is in the trash, by gallery; read once.
    trash: Option<HashMap<String, Vec<Digest>>>,
}

impl<'a> Known<'a> {
    /// Nothing is read yet.
    pub(super) fn new(api: &'a Api) -> Self {
        Self { api, galleries: HashMap::new(), trash: None }
    }

    /// What a gallery has of these bytes.
    pub(super) fn find(&mut self, gallery: &str, digest: &Digest) -> Outcome<Option<KnownMedia>> {
        if !self.galleries.contains_key(gallery) {
            let held = self.read(gallery)?;
            self.galleries.insert(gallery.to_owned(), held);
        }
        Ok(self.galleries[gallery].get(digest).cloned())
    }

    fn read(&mut self, gallery: &str) -> Outcome<HashMap<Digest, KnownMedia>> {
        let mut held = HashMap::new();
        for digest in self.trash()?.get(gallery).into_iter().flatten() {
            held.insert(*digest, KnownMedia::Trashed);
        }
        each_page(self.api, gallery, &GallerySort::UPLOADED_AT_DESC, |page| {
            for media in page {
                let status = Status::from(&media.status);
                if let Some(digest) = media.sha256.as_deref().and_then(decoded) {
                    held.insert(digest, KnownMedia::There { id: media.id, status });
                }
            }
            Ok(true)
        })?;
        Ok(held)
    }

    /// Only admins may look into the trash; to others what is there shows when they announce it.
    fn trash(&mut self) -> Outcome<&HashMap<String, Vec<Digest>>> {
        if self.trash.is_none() {
            let mut trash: HashMap<String, Vec<Digest>> = HashMap::new();
            let found = match trashed(self.api) {
                Ok(found) => found,
                Err(Fault::Failed(_)) => Vec::new(),
                Err(fault) => return Err(fault),
            };
            for (gallery, sha256) in found {
                trash.entry(gallery).or_default().extend(decoded(&sha256));
            }
            self.trash = Some(trash);
        }
        Ok(self.trash.as_ref().expect("it was just read"))
    }
}

fn decoded(sha256: &str) -> Option<Digest> {
    BASE64_STANDARD.decode(sha256).ok()?.try_into().ok()
}
