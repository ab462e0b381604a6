//! Makes an upright copy of a photo, where somebody asked for one.

use model::{DerivedFile, Error, Media, MediaId, MediaKind, RenditionName, Upright, object_key::upright_recipe};

use super::{Fetch, Fetched, MAX_ROUNDS, Processor, changed_too_often};
use crate::worker::{Ended, Pictures, Wish};

impl Processor {
    pub(super) async fn make_upright(&self, id: MediaId) -> Result<(), Error> {
        for _ in 0..MAX_ROUNDS {
            let Some(media) = self.store.get_media(id).await? else {
                // Erased, perhaps while its copy was being made.
                return self.store.delete_renditions(id, None).await;
            };
            if !media.is_shown() || media.kind != MediaKind::Photo || media.upright_now().is_some() {
                return Ok(());
            }
            let upright = self.upright_of(&media).await?;
            if self.store.finish_upright(&media, upright, (self.clock)()).await?.is_some() {
                return match &media.upright {
                    Some(old) => self.forget(id, old.recipe()).await,
                    None => Ok(()),
                };
            }
        }
        Err(changed_too_often())
    }

    /// Whatever keeps a copy from being made: the original serves, as it says itself how it is to be turned.
    async fn upright_of(&self, media: &Media) -> Result<Upright, Error> {
        let recipe = upright_recipe(media.rotation);
        let Fetch::Done(fetched) = self.fetch(media).await? else { return Ok(Upright::AsOriginal { recipe }) };
        let made = match self.ask(media, &fetched, Fetched::FILE, Wish::Upright).await {
            Ok(report) => report.upright,
            Err(ended @ Ended::Lost(_)) => return Err(Error::Unavailable(ended.into())),
            Err(Ended::Crashed(how)) => {
                tracing::warn!(media.id = %media.id, how, "no upright copy");
                None
            }
        };
        let Some(size) = made else { return Ok(Upright::AsOriginal { recipe }) };
        self.put(media.id, &recipe, RenditionName::Upright, &fetched, Pictures::UPRIGHT).await?;
        Ok(Upright::Made(DerivedFile { recipe, size }))
    }
}
