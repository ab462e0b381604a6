//! How the environment says where backups go.

use store::{
    Bucket, BucketSettings, Store,
    config::{optional, required},
};

use crate::{
    Cipher, Error,
    place::{Kind, NewId, Place},
};

/// What media are kept as in the backup bucket, if not said otherwise: the cheapest there is.
const STORAGE_CLASS: &str = "DEEP_ARCHIVE";

/// The places that the environment names: `MANTEL_BACKUP_BUCKET`, in which media are kept as
/// `MANTEL_BACKUP_STORAGE_CLASS` (`DEEP_ARCHIVE` if not set), and the bucket that the secret
/// `MANTEL_SECOND_COPY_SECRET` names, if there is one.
///
/// # Errors
/// When the variable or the secret is missing, or is not what it should be.
pub async fn places_from_env(store: &Store, sdk: &store::SdkConfig, new_id: &NewId) -> Result<Vec<Place>, Error> {
    let bucket = required("MANTEL_BACKUP_BUCKET")?;
    let class = optional("MANTEL_BACKUP_STORAGE_CLASS").unwrap_or_else(|| STORAGE_CLASS.to_owned());
    let kind = Kind::Library(store.bucket(&bucket, Some(&class)));
    let mut places = vec![Place::new(format!("s3://{bucket}"), kind, None, new_id.clone())];
    if let Some(secret) = optional("MANTEL_SECOND_COPY_SECRET") {
        let text = store::read_secret(sdk, &secret).await?;
        places.push(second_place(&text, None, new_id)?);
    }
    Ok(places)
}

/// A second place from its settings in JSON ([`BucketSettings`]), with the identity of `age` where something is to be read.
///
/// # Errors
/// When the settings are not what they should be.
pub fn second_place(settings: &str, identity: Option<&str>, new_id: &NewId) -> Result<Place, Error> {
    let settings: BucketSettings = serde_json::from_str(settings)
        .map_err(|error| Error::Refused(format!("the settings of the second copy cannot be read: {error}")))?;
    let cipher = settings.age_recipient.as_deref().map(|recipient| Cipher::new(recipient, identity)).transpose()?;
    let name = format!("{}/{}", settings.endpoint.trim_end_matches('/'), settings.bucket);
    Ok(Place::new(name, Kind::Elsewhere(Bucket::elsewhere(&settings)), cipher, new_id.clone()))
}
