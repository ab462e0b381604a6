//! The result of the last look at whether all is whole.

use model::Error;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Store, item::whole_item, keys};

impl Store {
    /// Keeps a result in place of the one before.
    pub async fn put_integrity<T: Serialize>(&self, result: &T) -> Result<(), Error> {
        self.put(whole_item(&keys::integrity(), None, result)?).await
    }

    /// The last result, if there is one.
    pub async fn get_integrity<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.get(&keys::integrity()).await
    }
}
