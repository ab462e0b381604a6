//! What every resolver needs: the services, and who is calling.

use std::sync::Arc;

use async_graphql::Context;
use model::{Clock, Error, Timestamp, User, UserId, access::Requester};
use store::{Presigner, Store};
use tokio::sync::OnceCell;
use ulid::Ulid;

use crate::{audit::Notes, events::Events};

/// Fills a buffer with unpredictable bytes. Made once, in `main`.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the handlers work with. Made once, in `main`.
#[derive(Clone)]
pub struct Services {
    /// Table, buckets and user pool.
    pub store: Store,
    /// Tells the time.
    pub clock: Clock,
    /// Gives unpredictable bytes.
    pub random: Random,
    /// Under which address people reach the site.
    pub site: SiteAddress,
    /// Where events are told within this process.
    pub events: Events,
    /// Where backups go, for people; none where no place for them is set up.
    pub backup: Option<String>,
}

/// Under which address people reach the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteAddress {
    /// This one.
    Fixed(String),
    /// The host by which the caller came, at this port, by plain HTTP.
    CallersHost(u16),
}

impl SiteAddress {
    /// The address for a caller who came by `host`, without a slash at its end.
    #[must_use]
    pub fn for_host(&self, host: &str) -> String {
        match self {
            Self::Fixed(url) => url.trim_end_matches('/').to_owned(),
            Self::CallersHost(80) => format!("http://{host}"),
            Self::CallersHost(port) => format!("http://{host}:{port}"),
        }
    }
}

impl Services {
    /// A new id, unpredictable in its lower 80 bits, that sorts by `now`.
    #[must_use]
    pub fn new_ulid(&self, now: Timestamp) -> Ulid {
        let mut bytes = [0; 16];
        (self.random)(&mut bytes);
        Ulid::from_parts(u64::try_from(now.unix_millis()).unwrap_or(0), u128::from_be_bytes(bytes))
    }
}

/// Who is calling, and from where. Decided once, at the door.
#[derive(Clone)]
pub(crate) struct Caller {
    /// As access rules see the caller.
    pub(crate) requester: Requester,
    /// The record of a signed-in person.
    pub(crate) user: Option<User>,
    /// How a guest is shown to themselves; there is no record of a guest.
    pub(crate) guest: Option<User>,
    /// The token by which the caller came.
    pub(crate) access_token: Option<String>,
    /// The host by which the caller came, without port.
    pub(crate) host: String,
    /// The time of the request.
    pub(crate) now: Timestamp,
    /// Names the request in the log.
    pub(crate) request_id: String,
    /// Signs the URLs of this request.
    pub(crate) presigner: Arc<OnceCell<Presigner>>,
    /// What the mutation that is under way says for the audit log.
    pub(crate) notes: Notes,
}

impl Caller {
    /// The signed-in person.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when there is none.
    pub(crate) fn user_id(&self) -> Result<UserId, Error> {
        self.requester.user_id().ok_or(Error::Unauthenticated)
    }

    /// The record of the signed-in person.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when there is none.
    pub(crate) fn user(&self) -> Result<&User, Error> {
        self.user.as_ref().ok_or(Error::Unauthenticated)
    }
}

pub(crate) fn services<'a>(ctx: &Context<'a>) -> &'a Services {
    ctx.data_unchecked::<Services>()
}

pub(crate) fn store<'a>(ctx: &Context<'a>) -> &'a Store {
    &services(ctx).store
}

pub(crate) fn caller<'a>(ctx: &Context<'a>) -> &'a Caller {
    ctx.data_unchecked::<Caller>()
}

/// The signer of this request's URLs.
pub(crate) async fn presigner<'a>(ctx: &Context<'a>) -> Result<&'a Presigner, Error> {
    let caller = caller(ctx);
    caller.presigner.get_or_try_init(|| store(ctx).presigner(&caller.host, caller.now)).await
}
