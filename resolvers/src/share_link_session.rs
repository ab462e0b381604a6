//! Coming by a share link: its token, and the session that it opens.
//!
//! Every link has an account in the user pool, whose password is derived from the token and the link's own password. So
//! nothing that the server keeps opens a link, and wrong passwords are the user pool's: it hashes, counts and locks.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    Error, Gallery, GalleryId, InputError, InputErrorCode, LinkId, Sha256, ShareLink,
    access::{Action, Requester, Subject, Verdict, decide},
};
use ring::digest::{Context as Digest, SHA256, digest};
use store::{SignIn, Tokens};
use ulid::Ulid;

use crate::{
    Random,
    audit::notes,
    context::{caller, store},
    directives::{aws_api_key, aws_cognito_user_pools},
    error::{UserError, to_payload},
    gate,
    identity::guest_of,
    session::Session,
    user::Role,
};

/// What is hashed before all else, so that no other digest is ever taken for such a password.
const PASSWORD_PURPOSE: &[u8] = b"mantel share link v1";

/// What a link's address carries: 128 unpredictable bits.
pub(crate) struct Token([u8; 16]);

impl Token {
    pub(crate) fn random(random: &Random) -> Self {
        let mut bytes = [0; 16];
        random(&mut bytes);
        Self(bytes)
    }

    fn parse(text: &str) -> Option<Self> {
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// A token that no link has.
    fn of_nothing() -> Self {
        Self([0; 16])
    }

    /// Base64 for URLs, without padding.
    pub(crate) fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(crate) fn link_id(&self) -> LinkId {
        let hash = digest(&SHA256, &self.0);
        LinkId::new(Sha256::new(hash.as_ref().try_into().expect("SHA-256 has 32 bytes")))
    }

    /// The password of the link's account. The end is for password policies.
    pub(crate) fn account_password(&self, link_password: &str) -> String {
        let mut hash = Digest::new(&SHA256);
        for part in [PASSWORD_PURPOSE, &self.0, &[0], link_password.as_bytes()] {
            hash.update(part);
        }
        format!("{}-aA1", BASE64_URL_SAFE_NO_PAD.encode(hash.finish()))
    }
}

/// Who comes by a share link.
#[derive(InputObject)]
pub(crate) struct OpenShareLinkInput {
    /// What follows `#` in the link's address.
    #[graphql(secret)]
    token: String,
    /// The password, where the link asks for one.
    #[graphql(secret)]
    password: Option<String>,
}

/// A guest's session, or what is missing, or what was wrong.
#[derive(SimpleObject)]
#[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
pub(crate) struct OpenShareLinkPayload {
    /// The session, when all is well.
    session: Option<Session>,
    /// Id of the gallery that the session opens.
    gallery_id: Option<ID>,
    /// Whether the link asks for a password, and none came: ask for it, and call again.
    password_required: bool,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// Coming by a share link.
#[derive(Default)]
pub(crate) struct OpenShareLinkMutations;

#[Object]
impl OpenShareLinkMutations {
    /// Opens a session of a guest by a share link.
    #[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
    async fn open_share_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: OpenShareLinkInput,
    ) -> async_graphql::Result<Option<OpenShareLinkPayload>> {
        let (opened, user_errors) = to_payload(ctx, open(ctx, &input).await)?;
        let password_required = matches!(opened, Some(Opened::PasswordRequired));
        let (session, gallery_id) = match opened {
            Some(Opened::Session(session, gallery)) => (Some(session), Some(gallery.to_string().into())),
            Some(Opened::PasswordRequired) | None => (None, None),
        };
        Ok(Some(OpenShareLinkPayload { session, gallery_id, password_required, user_errors }))
    }
}

enum Opened {
    Session(Session, GalleryId),
    PasswordRequired,
}

async fn open(ctx: &Context<'_>, input: &OpenShareLinkInput) -> Result<Opened, Error> {
    let token = Token::parse(&input.token).unwrap_or_else(Token::of_nothing);
    let password = input.password.as_deref().unwrap_or_default();
    let Some(link) = working_link(ctx, token.link_id()).await? else {
        return Err(refuse(ctx, &token, password).await);
    };
    let password = match (link.has_password, password) {
        (true, "") => return Ok(Opened::PasswordRequired),
        (true, password) => password,
        // Then the token is all that counts.
        (false, _) => "",
    };
    match sign_in(ctx, &link, &token.account_password(password)).await? {
        SignIn::Done(tokens) => {
            store(ctx).count_opening(link.id).await?;
            notes(ctx).about(&link.id);
            Ok(Opened::Session(Session::new(tokens, Role::Guest, caller(ctx).now), link.gallery_id))
        }
        SignIn::NewPasswordRequired { .. } => {
            Err(Error::internal("the account of a share link has no lasting password"))
        }
    }
}

/// Signs in with the link's account. After a restore into another user pool the link is there, and its account is not: where
/// the token is all that counts, the account is made anew, with the same password.
async fn sign_in(ctx: &Context<'_>, link: &ShareLink, account_password: &str) -> Result<SignIn, Error> {
    let username = link.id.username();
    let refused = match store(ctx).sign_in(&username, account_password).await {
        Err(Error::Input(refused)) => refused,
        other => return other,
    };
    if link.has_password || store(ctx).find_account(&username).await?.is_some() {
        return Err(refused.into());
    }
    store(ctx).create_link_account(link.id, account_password).await?;
    store(ctx).sign_in(&username, account_password).await
}

/// The link, if it opens its gallery now. Link and gallery are looked for in any case, so that all others look alike.
async fn working_link(ctx: &Context<'_>, id: LinkId) -> Result<Option<ShareLink>, Error> {
    let link = store(ctx).get_link(id).await?;
    let gallery = link.as_ref().map_or(GalleryId::new(Ulid::nil()), |link| link.gallery_id);
    let gallery = store(ctx).get_gallery(gallery).await?;
    let sees = |link: &ShareLink, gallery: &Gallery| {
        let subject = Subject::Gallery(gate::access(gallery, None));
        decide(&Requester::Guest(guest_of(link)), Action::View, &subject) == Verdict::Allowed
    };
    let now = caller(ctx).now;
    Ok(link.zip(gallery).filter(|(link, gallery)| link.is_open(now) && sees(link, gallery)).map(|(link, _)| link))
}

/// The one answer for links that do not work, whatever the reason, after the work that a wrong password takes. It is done
/// on a name that no account has, so that a link that works again is not locked by it.
async fn refuse(ctx: &Context<'_>, token: &Token, password: &str) -> Error {
    let nobody = format!("{}-closed", token.link_id().username());
    match store(ctx).sign_in(&nobody, &token.account_password(password)).await {
        Ok(_) | Err(Error::Input(_)) => not_working("token").into(),
        Err(error) => error,
    }
}

/// A new session of a guest, for its refresh token, while the link is open.
pub(crate) async fn renew(ctx: &Context<'_>, tokens: Tokens, id: LinkId) -> Result<Session, Error> {
    match working_link(ctx, id).await? {
        Some(_) => Ok(Session::new(tokens, Role::Guest, caller(ctx).now)),
        None => Err(not_working("refreshToken").into()),
    }
}

fn not_working(field: &'static str) -> InputError {
    InputError::new(InputErrorCode::Expired, field, "This link does not work any more. Please ask for a new one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_text_and_no_other_text_is_one() {
        let token = Token([0xfb; 16]);
        assert_eq!(token.text(), "-_v7-_v7-_v7-_v7-_v7-w");
        assert_eq!(Token::parse(&token.text()).map(|token| token.0), Some([0xfb; 16]));
        // Too short, too long, padded, the other alphabet, bits that would be lost, spaces.
        for other in [
            "",
            "-_v7-_v7-_v7-_v7-_v7",
            "-_v7-_v7-_v7-_v7-_v7-_v7",
            "-_v7-_v7-_v7-_v7-_v7-w==",
            "+/v7+/v7+/v7+/v7+/v7+w",
            "-_v7-_v7-_v7-_v7-_v7-x",
            " -_v7-_v7-_v7-_v7-_v7-w",
        ] {
            assert!(Token::parse(other).is_none(), "{other}");
        }
    }

    /// Held fast, as the accounts of all links that were ever made depend on it.
    #[test]
    fn an_account_password_is_derived_from_token_and_password() {
        let token = Token([7; 16]);
        assert_eq!(token.account_password(""), "TCLI3hTru_tHv9shWZscxjy1ZUyR_mmm9K1wX34u4HY-aA1");
        assert_eq!(token.account_password("plum tree"), "06HCaqXeRtM-oY4WUExI5MTBhKQWCq-Qik30UVNmOE8-aA1");
        assert_eq!(token.link_id().to_string(), "lnk_d761d406af2a4a5a15f67c924378ed88d1f85c13f1a37fc7366f59789b3bcd65");
    }
}
