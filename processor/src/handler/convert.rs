//! x
use super::Processor;
use model::{Error, MediaId};
use tokio::time::Instant;
impl Processor {
    pub(super) async fn convert(&self, _id: MediaId, _deadline: Instant) -> Result<(), Error> {
        Ok(())
    }
}
