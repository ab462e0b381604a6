//! Who is calling: what both doors make of a token that was found good.

use std::sync::Arc;

use model::{Error, User, UserId, access::Requester};
use tokio::sync::OnceCell;

use crate::{Services, audit::Notes, context::Caller, token::Claims};

/// A caller about whom nothing is known. Without an id of the request, it gets one.
pub(crate) fn nobody(services: &Services, host: &str, request_id: Option<String>) -> Caller {
    let now = (services.clock)();
    Caller {
        requester: Requester::Anonymous,
        user: None,
        access_token: None,
        host: host.to_owned(),
        now,
        request_id: request_id.unwrap_or_else(|| services.new_ulid(now).to_string()),
        presigner: Arc::new(OnceCell::new()),
        notes: Notes::default(),
    }
}

/// Makes the caller the person that checked claims are about, by the lesser of the two roles.
///
/// # Errors
/// [`Error::Unauthenticated`] when the person's record says no.
pub(crate) async fn sign_in(
    caller: &mut Caller,
    services: &Services,
    claims: &Claims,
    access_token: Option<String>,
) -> Result<(), Error> {
    let user = person(services, claims).await?;
    let role = claims.role().ok_or(Error::Unauthenticated)?;
    caller.requester = Requester::Person { id: user.id, role: user.role.lesser(role) };
    caller.user = Some(user);
    caller.access_token = access_token;
    Ok(())
}

/// The record behind a token. It overrules the token: a closed account or an ended session counts at once.
async fn person(services: &Services, claims: &Claims) -> Result<User, Error> {
    let id = UserId::from_sub(&claims.sub).map_err(|_| Error::Unauthenticated)?;
    let user = services.store.get_user(id).await?.ok_or(Error::Unauthenticated)?;
    let ended = user.tokens_valid_from.is_some_and(|from| claims.iat.saturating_mul(1_000) < from.unix_millis());
    if user.disabled || ended { Err(Error::Unauthenticated) } else { Ok(user) }
}

/// A host as headers name it, without its port.
pub(crate) fn without_port(host: &str) -> &str {
    let end = host.rfind(':').filter(|&colon| !host[colon..].contains(']')).unwrap_or(host.len());
    &host[..end]
}
