//! Encryption for whoever must not look into a second copy: the format of `age`, for one recipient.

use std::{
    io::{self, Write},
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use age::{
    Decryptor, Encryptor,
    stream::StreamWriter,
    x25519::{Identity, Recipient},
};
use futures::{TryStreamExt, stream};

use crate::{Error, reader::Reader};

/// Whom everything is encrypted for, and who can read it again.
#[derive(Clone)]
pub struct Cipher {
    recipient: Recipient,
    identity: Option<Arc<Identity>>,
}

impl Cipher {
    /// From a recipient (`age1…`), with the identity (`AGE-SECRET-KEY-1…`) where something is to be read.
    ///
    /// # Errors
    /// When one of them is none, or they do not belong together.
    pub fn new(recipient: &str, identity: Option<&str>) -> Result<Self, Error> {
        let not = |what: &str| Error::Refused(format!("this is no {what} of age"));
        let recipient = Recipient::from_str(recipient.trim()).map_err(|_| not("recipient (age1…)"))?;
        let identity = identity
            .map(|text| Identity::from_str(text.trim()).map_err(|_| not("identity (AGE-SECRET-KEY-1…)")))
            .transpose()?;
        if identity.as_ref().is_some_and(|identity| identity.to_public().to_string() != recipient.to_string()) {
            return Err(Error::Refused("the identity of age is not that of the recipient".to_owned()));
        }
        Ok(Self { recipient, identity: identity.map(Arc::new) })
    }

    /// Whether it can be read here.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.identity.is_some()
    }

    pub(crate) fn encrypting(&self) -> Result<Encrypting, Error> {
        let out = Shared::default();
        let encryptor = Encryptor::with_recipients(std::iter::once(&self.recipient as &dyn age::Recipient));
        let stream = encryptor.map_err(Error::internal)?.wrap_output(out.clone()).map_err(Error::internal)?;
        Ok(Encrypting { stream, out })
    }

    pub(crate) async fn decrypting(&self, what: &str, source: Reader) -> Result<Reader, Error> {
        let identity = self.identity.as_ref().ok_or_else(|| {
            Error::Refused("this backup is encrypted: name the file of its age identity with --age-identity".to_owned())
        })?;
        let chunks = stream::try_unfold(source, |mut source| async move {
            let chunk = source.next().await.map_err(|error| io::Error::other(error.to_string()))?;
            Ok::<_, io::Error>(chunk.map(|chunk| (chunk, source)))
        });
        let damaged = |error: age::DecryptError| Error::damaged(what, error.to_string());
        let decryptor = Decryptor::new_async(Box::pin(chunks).into_async_read()).await.map_err(damaged)?;
        let plain =
            decryptor.decrypt_async(std::iter::once(identity.as_ref() as &dyn age::Identity)).map_err(damaged)?;
        Ok(Reader::Decrypted(Box::pin(plain)))
    }
}

/// Bytes on their way into their encrypted form.
pub(crate) struct Encrypting {
    stream: StreamWriter<Shared>,
    out: Shared,
}

impl Encrypting {
    /// Takes plain bytes, and gives what is ready of the encrypted form.
    pub(crate) fn push(&mut self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        self.stream.write_all(plain).map_err(Error::internal)?;
        Ok(self.out.take())
    }

    /// The rest of the encrypted form.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        self.stream.finish().map_err(Error::internal)?;
        Ok(self.out.take())
    }
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
