//! Who calls, and the galleries that they call about.

use std::collections::HashMap;

use model::{GalleryId, UserId};
use serde_json::{Value, json};

use crate::{
    doors::forgery::{Token, stranger_key},
    support::{Actor, Home},
};

/// How long ago a link was made that has expired since. Addresses of files are checked by the real clock, so that the
/// system's must show the right time once all are assembled.
const LONG_AGO_SECONDS: i64 = 60;
const SHORT_LIFE_SECONDS: i64 = 30;

/// Who calls, with a token that is good, or without any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Caller {
    Anonymous,
    /// A visitor on no access list.
    Outside,
    View,
    Comment,
    Contribute,
    Admin,
    /// Came by a link to the gallery that the call is about.
    Guest,
    /// The same, by a link that lets guests download.
    Downloader,
    /// Came by a link to another gallery.
    Elsewhere,
}

impl Caller {
    pub(super) const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::Outside,
        Self::View,
        Self::Comment,
        Self::Contribute,
        Self::Admin,
        Self::Guest,
        Self::Downloader,
        Self::Elsewhere,
    ];
    pub(super) const VISITORS: [Self; 4] = [Self::Outside, Self::View, Self::Comment, Self::Contribute];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Outside => "outside",
            Self::View => "VIEW",
            Self::Comment => "COMMENT",
            Self::Contribute => "CONTRIBUTE",
            Self::Admin => "admin",
            Self::Guest => "guest",
            Self::Downloader => "downloader",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Whether it is somebody of the family, who can have things of their own.
    pub(super) fn is_person(self) -> bool {
        self == Self::Admin || Self::VISITORS.contains(&self)
    }

    fn level(self) -> Option<&'static str> {
        Some(self.name()).filter(|_| matches!(self, Self::View | Self::Comment | Self::Contribute))
    }
}

/// The state of what a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum State {
    /// It is about nothing in a gallery.
    None,
    Family,
    Restricted,
    Private,
    /// A photo in the trash, of a gallery for the family.
    Trash,
    /// A gallery that was deleted, its photos in the trash.
    Deleted,
    /// Well-formed ids that nothing ever had.
    Absent,
}

impl State {
    pub(super) const OF_GALLERIES: [Self; 5] =
        [Self::Family, Self::Restricted, Self::Private, Self::Trash, Self::Deleted];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Family => "FAMILY",
            Self::Restricted => "RESTRICTED",
            Self::Private => "PRIVATE",
            Self::Trash => "trash",
            Self::Deleted => "deleted",
            Self::Absent => "never was",
        }
    }

    pub(super) fn visibility(self) -> &'static str {
        match self {
            Self::Restricted | Self::Private => self.name(),
            Self::None | Self::Family | Self::Trash | Self::Deleted | Self::Absent => "FAMILY",
        }
    }
}

/// Somebody whose token is not good, and why.
pub(super) struct Refused {
    pub(super) why: &'static str,
    pub(super) actor: Actor,
}

/// The people, the guests, and a gallery of each state.
pub(super) struct Cast {
    pub(super) home: Home,
    pub(super) refused: Vec<Refused>,
    /// Where everyone may add and move photos away.
    pub(super) common: GalleryId,
    /// The family's account, which the sign-in page offers, and which calls nothing here.
    pub(super) family_id: UserId,
    /// A person who was invited, and never came.
    pub(super) absentee_id: UserId,
    people: HashMap<Caller, Actor>,
    ids: HashMap<Caller, UserId>,
    galleries: HashMap<State, GalleryId>,
    guests: HashMap<(Caller, State), Actor>,
    links: HashMap<State, String>,
}

impl Cast {
    pub(super) async fn assemble() -> Self {
        let home = Home::open().await;
        home.pass_seconds(-LONG_AGO_SECONDS);
        let admin = home.admin().await;
        let mut cast = Self {
            refused: Vec::new(),
            common: parsed(&admin.makes_gallery("Common", "FAMILY").await),
            family_id: parsed(&home.visitor().await.id().await),
            absentee_id: invited(&admin).await,
            people: HashMap::from([(Caller::Anonymous, home.anonymous()), (Caller::Admin, admin.clone())]),
            ids: HashMap::from([(Caller::Admin, parsed(&admin.id().await))]),
            galleries: HashMap::new(),
            guests: HashMap::new(),
            links: HashMap::new(),
            home,
        };
        for caller in Caller::VISITORS {
            let person = cast.home.relative(&admin, caller.name()).await;
            let id = person.id().await;
            admin.grants(&cast.common.to_string(), &id, json!("CONTRIBUTE")).await;
            cast.ids.insert(caller, parsed(&id));
            cast.people.insert(caller, person);
        }
        for state in State::OF_GALLERIES {
            cast.add_gallery(state).await;
        }
        cast.refused = cast.those_to_refuse().await;
        cast.home.pass_seconds(LONG_AGO_SECONDS);
        cast
    }

    /// Whoever is a caller, where the call is about something in this state.
    pub(super) fn actor(&self, caller: Caller, state: State) -> &Actor {
        let place = if self.galleries.contains_key(&state) { state } else { State::Family };
        self.guests.get(&(caller, place)).unwrap_or_else(|| &self.people[&caller])
    }

    pub(super) fn admin(&self) -> &Actor {
        &self.people[&Caller::Admin]
    }

    /// Whose things are the caller's own. Where the caller is nobody, they are somebody's in any case.
    pub(super) fn id(&self, caller: Caller) -> UserId {
        self.ids.get(&caller).copied().unwrap_or_else(|| self.ids[&Caller::Outside])
    }

    pub(super) fn gallery(&self, state: State) -> Option<GalleryId> {
        self.galleries.get(&state).copied()
    }

    /// A link to the gallery of a state, by which nobody comes any more.
    pub(super) fn link(&self, state: State) -> &str {
        self.links.get(&state).unwrap_or_else(|| &self.links[&State::Family])
    }

    /// Deletes the gallery that is to be deleted, with all that it holds.
    pub(super) async fn delete_gallery(&self) {
        let call = "deleteGallery(input: $input) { userErrors { code } }";
        let input = json!({ "id": self.galleries[&State::Deleted].to_string(), "withMedia": true });
        self.admin().does(call, "DeleteGalleryInput", input).await;
    }

    /// A gallery with its access list and its guests. It becomes private last: links are not made for such ones.
    async fn add_gallery(&mut self, state: State) {
        let admin = self.admin().clone();
        let id = admin.makes_gallery(&format!("Gallery {}", state.name()), "FAMILY").await;
        for caller in Caller::VISITORS {
            if let Some(level) = caller.level() {
                admin.grants(&id, &self.ids[&caller].to_string(), json!(level)).await;
            }
        }
        let common = self.common.to_string();
        for (caller, gallery, rest) in [
            (Caller::Guest, &id, json!({})),
            (Caller::Downloader, &id, json!({ "allowDownload": true })),
            (Caller::Elsewhere, &common, json!({ "allowDownload": true })),
        ] {
            let link = self.admin().shares(gallery, rest).await;
            self.guests.insert((caller, state), self.home.comes_by(&link).await);
        }
        let rest = json!({ "label": "The choir", "expiresAt": self.home.now().plus_seconds(86_400).to_string() });
        let link = self.admin().shares(&id, rest).await;
        self.home.comes_by(&link).await;
        self.links.insert(state, id_of(&link));
        let call = "updateGallery(input: $input) { userErrors { code } }";
        let change = json!({ "id": id, "visibility": state.visibility(), "description": "Of the whole family" });
        admin.does(call, "UpdateGalleryInput", change).await;
        self.galleries.insert(state, parsed(&id));
    }

    async fn those_to_refuse(&self) -> Vec<Refused> {
        let admin = self.admin();
        let session = admin.session.as_ref().expect("a session");
        let other_pool = Token::parse(admin.access_token().expect("a session"))
            .with_claim("iss", json!("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_another"))
            .signed_by(&stranger_key());
        let disabled = self.home.relative(admin, "disabled").await;
        let input = json!({ "userId": disabled.id().await, "disabled": true });
        admin.does("setUserDisabled(input: $input) { userErrors { code } }", "SetUserDisabledInput", input).await;
        let family = self.galleries[&State::Family].to_string();
        let end = self.home.now().plus_seconds(SHORT_LIFE_SECONDS).to_string();
        let expired = self.home.comes_by(&self.admin().shares(&family, json!({ "expiresAt": end })).await).await;
        let link = self.admin().shares(&family, json!({})).await;
        let revoked = self.home.comes_by(&link).await;
        let input = json!({ "id": link["id"] });
        admin.does("revokeShareLink(input: $input) { userErrors { code } }", "RevokeShareLinkInput", input).await;
        vec![
            // In the form of a token, so that AppSync could be thought to have read it.
            Refused { why: "garbage token", actor: self.with_token("e30.e30.AAAA") },
            Refused { why: "token of another pool", actor: self.with_token(&other_pool) },
            Refused { why: "id token", actor: self.with_token(session["idToken"].as_str().expect("a token")) },
            Refused { why: "disabled user", actor: disabled },
            Refused { why: "guest by an expired link", actor: expired },
            Refused { why: "guest by a revoked link", actor: revoked },
        ]
    }

    fn with_token(&self, token: &str) -> Actor {
        Actor::new(&self.home, Some(json!({ "accessToken": token })))
    }
}

async fn invited(admin: &Actor) -> UserId {
    let call = "inviteUser(input: $input) { user { id } userErrors { code } }";
    let input = json!({ "email": "absentee@example.org", "displayName": "Absentee", "role": "VISITOR" });
    parsed(&id_of(&admin.does(call, "InviteUserInput", input).await["user"]))
}

fn id_of(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

pub(super) fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(id: &str) -> T {
    id.parse().expect("an id")
}
