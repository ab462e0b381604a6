//! The rows of the grid: each root field, and on what it is called.

use serde_json::{Value, json};

use super::subjects::{State, Subject};

/// Whose photo, comment or upload it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Another,
    Caller,
}

/// What a field is called on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// Nothing that belongs to a gallery.
    Nothing,
    Gallery,
    /// A gallery that shows nothing.
    EmptyGallery,
    /// A photo of the caller's, in a gallery to which everyone contributes; the gallery of the row is its target.
    Target,
    Photo(Owner),
    Comment(Owner),
    Upload(Owner),
}

impl Over {
    pub(super) fn states(self) -> &'static [State] {
        const GALLERY: &[State] = &[State::Family, State::Restricted, State::Private, State::Deleted];
        const PHOTO: &[State] = &[State::Family, State::Restricted, State::Private, State::Trash, State::Deleted];
        match self {
            Self::Nothing => &[State::None],
            Self::Gallery | Self::EmptyGallery | Self::Target | Self::Upload(_) => GALLERY,
            Self::Photo(_) | Self::Comment(_) => PHOTO,
        }
    }
}

pub(super) struct Row {
    pub(super) field: &'static str,
    /// What of several rows of one field this is.
    pub(super) note: &'static str,
    pub(super) over: Over,
    /// Whether what it is called on is another thing afterwards.
    pub(super) consumes: bool,
    ask: Ask,
}

enum Ask {
    /// A query: its arguments and its selection, with `$id`, which is given.
    Query(&'static str, fn(&Subject) -> &str),
    /// A mutation: its input.
    Mutation(fn(&Subject) -> Value),
}

impl Row {
    pub(super) fn root(&self) -> &'static str {
        match self.ask {
            Ask::Query(..) => "Query",
            Ask::Mutation(_) => "Mutation",
        }
    }

    /// Whether it is about a gallery being in the list.
    pub(super) fn lists_galleries(&self) -> bool {
        matches!(self.field, "galleries" | "search")
    }

    /// The document and its variables.
    pub(super) fn call(&self, subject: &Subject) -> (String, Value) {
        let field = self.field;
        match self.ask {
            Ask::Query(rest, id) if rest.contains("$id") => {
                (format!("query($id: ID!) {{ {field}{rest} }}"), json!({ "id": id(subject) }))
            }
            Ask::Query(rest, _) => (format!("{{ {field}{rest} }}"), json!({})),
            Ask::Mutation(input) => {
                let (first, rest) = field.split_at(1);
                let ty = format!("{}{rest}Input", first.to_uppercase());
                let document =
                    format!("mutation($input: {ty}!) {{ {field}(input: $input) {{ userErrors {{ code }} }} }}");
                (document, json!({ "input": input(subject) }))
            }
        }
    }
}

const BY_ID: &str = "(id: $id) { __typename }";
const FIND_GALLERIES: &str = "(text: \"gallery\", first: 100) { edges { node { ... on Gallery { id } } } }";

const fn query(
    field: &'static str,
    note: &'static str,
    over: Over,
    rest: &'static str,
    id: fn(&Subject) -> &str,
) -> Row {
    Row { field, note, over, consumes: false, ask: Ask::Query(rest, id) }
}

const fn mutation(field: &'static str, note: &'static str, over: Over, input: fn(&Subject) -> Value) -> Row {
    Row { field, note, over, consumes: false, ask: Ask::Mutation(input) }
}

const fn consuming(field: &'static str, note: &'static str, over: Over, input: fn(&Subject) -> Value) -> Row {
    Row { consumes: true, ..mutation(field, note, over, input) }
}

const ANOTHERS_PHOTO: Over = Over::Photo(Owner::Another);
const OWN_PHOTO: Over = Over::Photo(Owner::Caller);
const ANOTHERS_COMMENT: Over = Over::Comment(Owner::Another);
const OWN_COMMENT: Over = Over::Comment(Owner::Caller);
const ANOTHERS_UPLOAD: Over = Over::Upload(Owner::Another);
const OWN_UPLOAD: Over = Over::Upload(Owner::Caller);

pub(super) const ROWS: &[Row] = &[
    query("node", "a gallery", Over::Gallery, BY_ID, |s| &s.gallery),
    query("node", "another's photo", ANOTHERS_PHOTO, BY_ID, |s| &s.media),
    query("node", "own photo", OWN_PHOTO, BY_ID, |s| &s.media),
    query("node", "another's upload", ANOTHERS_UPLOAD, BY_ID, |s| &s.media),
    query("node", "own upload", OWN_UPLOAD, BY_ID, |s| &s.media),
    query("node", "another's comment", ANOTHERS_COMMENT, BY_ID, |s| &s.comment),
    query("node", "own comment", OWN_COMMENT, BY_ID, |s| &s.comment),
    query("node", "a share link", Over::Nothing, BY_ID, |s| &s.link),
    query("node", "a person", Over::Nothing, BY_ID, |s| &s.person),
    query("viewer", "", Over::Nothing, " { id }", |s| &s.person),
    query("users", "", Over::Nothing, " { edges { cursor } }", |s| &s.person),
    query("gallery", "", Over::Gallery, BY_ID, |s| &s.gallery),
    query("galleries", "lists it", Over::Gallery, "(first: 100) { edges { node { id } } }", |s| &s.gallery),
    query("search", "finds it", Over::Gallery, FIND_GALLERIES, |s| &s.gallery),
    query("activity", "", Over::Nothing, " { unreadCount }", |s| &s.person),
    query("media", "another's", ANOTHERS_PHOTO, BY_ID, |s| &s.media),
    query("media", "own", OWN_PHOTO, BY_ID, |s| &s.media),
    query("media", "another's upload", ANOTHERS_UPLOAD, BY_ID, |s| &s.media),
    query("media", "own upload", OWN_UPLOAD, BY_ID, |s| &s.media),
    query("timeline", "", Over::Nothing, " { edges { cursor } }", |s| &s.person),
    query("timelineMonths", "", Over::Nothing, " { month }", |s| &s.person),
    query("favourites", "", Over::Nothing, " { edges { cursor } }", |s| &s.person),
    query("whoCanSee", "", ANOTHERS_PHOTO, "(mediaId: $id) { rule }", |s| &s.media),
    query("trash", "", Over::Nothing, " { edges { cursor } }", |s| &s.person),
    query("storageUsage", "", Over::Nothing, " { mediaCount }", |s| &s.person),
    query("auditLog", "", Over::Nothing, " { edges { cursor } }", |s| &s.person),
    query("signInOptions", "", Over::Nothing, " { id }", |s| &s.person),
    mutation("signIn", "", Over::Nothing, |s| json!({ "optionId": s.option, "password": s.option_password })),
    mutation(
        "completeSignIn",
        "of nothing",
        Over::Nothing,
        |_| json!({ "challenge": "x", "newPassword": "a-password" }),
    ),
    mutation("refreshSession", "of nothing", Over::Nothing, |_| json!({ "refreshToken": "x" })),
    mutation("signOut", "", Over::Nothing, |_| json!({})),
    mutation(
        "changePassword",
        "",
        Over::Nothing,
        |s| json!({ "currentPassword": s.password, "newPassword": s.password }),
    ),
    mutation("createGallery", "", Over::Nothing, |_| json!({ "title": "New" })),
    mutation("updateGallery", "", Over::Gallery, |s| json!({ "id": s.gallery, "description": "New" })),
    consuming("deleteGallery", "", Over::EmptyGallery, |s| json!({ "id": s.gallery })),
    mutation(
        "setGalleryAccess",
        "",
        Over::Gallery,
        |s| json!({ "galleryId": s.gallery, "userId": s.person, "level": "VIEW" }),
    ),
    mutation("createShareLink", "", Over::Gallery, |s| json!({ "galleryId": s.gallery })),
    mutation("requestUpload", "", Over::Gallery, |s| {
        json!({
            "galleryId": s.gallery, "fileName": "a.jpg", "contentType": "image/jpeg", "sizeBytes": 10, "sha256": s.sha256,
        })
    }),
    mutation("finishUpload", "another's", ANOTHERS_UPLOAD, |s| json!({ "mediaId": s.media })),
    mutation("finishUpload", "own", OWN_UPLOAD, |s| json!({ "mediaId": s.media })),
    consuming("cancelUpload", "another's", ANOTHERS_UPLOAD, |s| json!({ "mediaId": s.media })),
    consuming("cancelUpload", "own", OWN_UPLOAD, |s| json!({ "mediaId": s.media })),
    mutation("updateMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "id": s.media, "caption": "New" })),
    mutation("updateMedia", "own", OWN_PHOTO, |s| json!({ "id": s.media, "caption": "New" })),
    consuming("updateMedia", "own, into it", Over::Target, |s| json!({ "id": s.media, "galleryId": s.gallery })),
    mutation("updateMedia", "own upload, out of it", OWN_UPLOAD, |s| json!({ "id": s.media, "galleryId": s.common })),
    consuming("deleteMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "ids": [s.media] })),
    consuming("deleteMedia", "own", OWN_PHOTO, |s| json!({ "ids": [s.media] })),
    consuming("deleteMedia", "own, for good", OWN_PHOTO, |s| json!({ "ids": [s.media], "permanently": true })),
    consuming("deleteMedia", "own upload", OWN_UPLOAD, |s| json!({ "ids": [s.media] })),
    consuming("restoreMedia", "own", OWN_PHOTO, |s| json!({ "ids": [s.media] })),
    mutation("addComment", "", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media, "text": "New" })),
    mutation("likeMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media })),
    mutation("likeMedia", "another's upload", ANOTHERS_UPLOAD, |s| json!({ "mediaId": s.media })),
    mutation("unlikeMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media })),
    mutation("reorderMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "galleryId": s.gallery, "mediaIds": [s.media] })),
    mutation("editComment", "another's", ANOTHERS_COMMENT, |s| json!({ "id": s.comment, "text": "New" })),
    mutation("editComment", "own", OWN_COMMENT, |s| json!({ "id": s.comment, "text": "New" })),
    consuming("deleteComment", "another's", ANOTHERS_COMMENT, |s| json!({ "id": s.comment })),
    consuming("deleteComment", "own", OWN_COMMENT, |s| json!({ "id": s.comment })),
    mutation("markActivityRead", "", Over::Nothing, |_| json!({ "upTo": "2026-03-01T09:30:00Z" })),
    mutation(
        "inviteUser",
        "",
        Over::Nothing,
        |s| json!({ "email": "new@example.org", "displayName": s.option_password, "role": "VISITOR" }),
    ),
    mutation("setUserRole", "", Over::Nothing, |s| json!({ "userId": s.person, "role": "VISITOR" })),
    mutation("setUserDisabled", "", Over::Nothing, |s| json!({ "userId": s.person, "disabled": false })),
    mutation("revokeShareLink", "", Over::Nothing, |s| json!({ "id": s.link })),
    mutation("openShareLink", "of nothing", Over::Nothing, |_| json!({ "token": "x" })),
    mutation("updateProfile", "", Over::Nothing, |_| json!({})),
];
