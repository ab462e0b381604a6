//! Who is calling: what both doors make of a token that was found good.

use std::sync::Arc;

use model::{
    DisplayName, Error, LinkId, NodeId, Role, ShareLink, User, UserId,
    access::{Guest, Requester},
};
use store::RecordKey;
use tokio::sync::OnceCell;

use crate::{
    Services,
    audit::Notes,
    context::Caller,
    loaders::{RecordLoader, shared},
    token::{Claims, Standing},
};

/// A caller about whom nothing is known. Without an id of the request, it gets one.
pub(crate) fn nobody(services: &Services, host: &str, request_id: Option<String>) -> Caller {
    let now = (services.clock)();
    Caller {
        requester: Requester::Anonymous,
        user: None,
        guest: None,
        access_token: None,
        host: host.to_owned(),
        now,
        request_id: request_id.unwrap_or_else(|| services.new_ulid(now).to_string()),
        presigner: Arc::new(OnceCell::new()),
        notes: Notes::default(),
    }
}

/// Makes the caller the person that checked claims are about, by the lesser of the two roles, or a guest. Where the
/// loader keeps what it reads, what decides about `named` is read in the same call as the caller's own record.
///
/// # Errors
/// [`Error::Unauthenticated`] when the record of the person or of the share link says no.
pub(crate) async fn sign_in(
    caller: &mut Caller,
    loader: &RecordLoader,
    claims: &Claims,
    access_token: Option<String>,
    named: &[NodeId],
) -> Result<(), Error> {
    match claims.standing().ok_or(Error::Unauthenticated)? {
        Standing::Person(role) => {
            let id = UserId::from_sub(&claims.sub).map_err(|_| Error::Unauthenticated)?;
            // No line of an access list matters for an admin.
            let on_lists = Some(id).filter(|_| role != Role::Admin);
            loader.read_ahead(&first_records(RecordKey::User(id), named, on_lists)).await?;
            let user = person(loader, claims, id).await?;
            caller.requester = Requester::Person { id: user.id, role: user.role.lesser(role) };
            caller.user = Some(user);
        }
        Standing::Link(id) => {
            loader.read_ahead(&first_records(RecordKey::Link(id), named, None)).await?;
            let link = own_link(loader, id).await?.filter(|link| link.is_open(caller.now));
            let link = link.ok_or(Error::Unauthenticated)?;
            caller.requester = Requester::Guest(guest_of(&link));
            caller.guest = Some(shown_guest(&link, claims)?);
        }
    }
    caller.access_token = access_token;
    Ok(())
}

/// Whoever comes by a share link, as access rules see them.
pub(crate) fn guest_of(link: &ShareLink) -> Guest {
    Guest { link: link.id, gallery: link.gallery_id, may_download: link.allow_download }
}

/// How a guest is shown to themselves. What a person has and a guest has not is empty, and shown to nobody.
fn shown_guest(link: &ShareLink, claims: &Claims) -> Result<User, Error> {
    let display_name = match &link.label {
        Some(label) => label.clone(),
        None => DisplayName::parse("Guest", "displayName")?,
    };
    Ok(User {
        id: UserId::from_sub(&claims.sub).map_err(|_| Error::Unauthenticated)?,
        username: claims.username.clone(),
        display_name,
        email: None,
        role: Role::Visitor,
        disabled: false,
        offered_at_sign_in: false,
        invited_at: link.created_at,
        last_seen_at: None,
        tokens_valid_from: None,
        avatar_media_id: None,
        activity_read_until: None,
    })
}

/// The caller's own record, and the first records that a decision about each of these things needs.
fn first_records(own: RecordKey, named: &[NodeId], on_lists: Option<UserId>) -> Vec<RecordKey> {
    let mut records = vec![own];
    for id in named {
        match *id {
            NodeId::Gallery(id) => {
                records.push(RecordKey::Gallery(id));
                records.extend(on_lists.map(|user| RecordKey::Grant(id, user)));
            }
            NodeId::Media(id) => records.push(RecordKey::Media(id)),
            NodeId::Comment(id) => records.extend([RecordKey::Media(id.media), RecordKey::Comment(id)]),
            NodeId::User(id) => records.push(RecordKey::User(id)),
            NodeId::Link(id) => records.push(RecordKey::Link(id)),
        }
    }
    records
}

async fn own_link(loader: &RecordLoader, id: LinkId) -> Result<Option<ShareLink>, Error> {
    loader.load_one(id).await.map_err(shared)
}

/// The record behind a token. It overrules the token: a closed account or an ended session counts at once.
async fn person(loader: &RecordLoader, claims: &Claims, id: UserId) -> Result<User, Error> {
    let user: Option<User> = loader.load_one(id).await.map_err(shared)?;
    let user = user.ok_or(Error::Unauthenticated)?;
    let ended = user.tokens_valid_from.is_some_and(|from| claims.iat.saturating_mul(1_000) < from.unix_millis());
    if user.disabled || ended { Err(Error::Unauthenticated) } else { Ok(user) }
}

/// A host as headers name it, without its port.
pub(crate) fn without_port(host: &str) -> &str {
    let end = host.rfind(':').filter(|&colon| !host[colon..].contains(']')).unwrap_or(host.len());
    &host[..end]
}
