//! The rows of the grid: each root field, and on what it is called.

use serde_json::{Value, json};

use super::{
    cast::State,
    doors::call,
    subjects::{DAY, Subject},
};

/// Whose photo, comment or upload it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Owner {
    Another,
    Caller,
}

/// What a field is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Over {
    /// Nothing that could be hidden.
    Nothing,
    /// A person who calls nothing.
    Person,
    /// A share link.
    Link,
    Gallery,
    /// A gallery that shows nothing.
    EmptyGallery,
    /// A photo of the caller's, in a gallery to which everyone contributes; the gallery of the row is its target.
    Target,
    Photo(Owner),
    /// A photo of the caller's, which is alone in its gallery where that was deleted: it comes back with the photo.
    Alone,
    /// A photo of another's, which the caller liked.
    Liked,
    Comment(Owner),
    Upload(Owner),
}

impl Over {
    pub(super) fn states(self) -> &'static [State] {
        use State::{Absent, Deleted, Family, None, Private, Restricted, Trash};
        match self {
            Self::Nothing => &[None],
            Self::Person | Self::Link => &[None, Absent],
            Self::Gallery | Self::EmptyGallery | Self::Target | Self::Upload(_) => {
                &[Family, Restricted, Private, Deleted, Absent]
            }
            Self::Photo(_) | Self::Alone | Self::Comment(_) => &[Family, Restricted, Private, Trash, Deleted, Absent],
            Self::Liked => &[Family, Restricted, Private, Trash, Deleted],
        }
    }

    /// What `node` is asked for, to know whether somebody may see what the row is about.
    pub(super) fn to_see(self) -> Self {
        match self {
            Self::EmptyGallery | Self::Target => Self::Gallery,
            Self::Liked => Self::Photo(Owner::Another),
            Self::Alone => Self::Photo(Owner::Caller),
            Self::Nothing
            | Self::Person
            | Self::Link
            | Self::Gallery
            | Self::Photo(_)
            | Self::Comment(_)
            | Self::Upload(_) => self,
        }
    }
}

/// Where a field hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    Query,
    Mutation,
    Subscription,
}

impl Root {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Mutation => "Mutation",
            Self::Subscription => "Subscription",
        }
    }
}

pub(super) struct Row {
    pub(super) root: Root,
    pub(super) field: &'static str,
    /// What of several rows of one field this is.
    pub(super) note: &'static str,
    pub(super) over: Over,
    /// Whether what it is called on is another thing afterwards.
    pub(super) consumes: bool,
    /// Where the row is about something being in a list: its id.
    pub(super) listed: Option<fn(&Subject) -> &String>,
    /// Arguments of a query, or the input of a mutation.
    pub(super) given: fn(&Subject) -> Value,
    selection: &'static str,
}

impl Row {
    /// What the field is called with.
    pub(super) fn arguments(&self, subject: &Subject) -> Value {
        let given = (self.given)(subject);
        match self.root {
            Root::Query | Root::Subscription => given,
            Root::Mutation => json!({ "input": given }),
        }
    }

    /// The document and its variables.
    pub(super) fn document(&self, subject: &Subject) -> (String, Value) {
        let (field, selection) = (self.field, self.selection);
        let arguments = self.arguments(subject);
        match self.root {
            Root::Query => (format!("{{ {} {selection} }}", call(field, &arguments)), json!({})),
            Root::Subscription => (format!("subscription {{ {} {selection} }}", call(field, &arguments)), json!({})),
            Root::Mutation => {
                let (first, rest) = field.split_at(1);
                let ty = format!("{}{rest}Input", first.to_uppercase());
                (format!("mutation($input: {ty}!) {{ {field}(input: $input) {selection} }}"), arguments)
            }
        }
    }
}

/// See [`Row::given`].
type Given = fn(&Subject) -> Value;

const fn query(field: &'static str, note: &'static str, over: Over, given: Given, selection: &'static str) -> Row {
    Row { root: Root::Query, field, note, over, consumes: false, listed: None, given, selection }
}

/// A query for something by its id.
const fn finds(field: &'static str, note: &'static str, over: Over, given: Given) -> Row {
    query(field, note, over, given, "{ __typename }")
}

/// A query whose answer is a page, with or without the subject.
const fn lists(
    field: &'static str,
    note: &'static str,
    over: Over,
    given: Given,
    listed: fn(&Subject) -> &String,
) -> Row {
    let selection = "{ edges { node { __typename ... on Node { id } } } }";
    Row { listed: Some(listed), ..query(field, note, over, given, selection) }
}

/// A mutation.
const fn mutation(field: &'static str, note: &'static str, over: Over, given: Given) -> Row {
    let selection = "{ userErrors { code message path } }";
    Row { root: Root::Mutation, field, note, over, consumes: false, listed: None, given, selection }
}

/// What only services may tell.
const fn tells(field: &'static str, given: Given) -> Row {
    Row { selection: "{ mediaId }", ..mutation(field, "", Over::Nothing, given) }
}

/// A subscription. Whoever may listen is told nothing yet.
const fn listens(field: &'static str, note: &'static str, over: Over, given: Given) -> Row {
    Row { root: Root::Subscription, ..query(field, note, over, given, "{ mediaId }") }
}

const fn consuming(field: &'static str, note: &'static str, over: Over, given: Given) -> Row {
    Row { consumes: true, ..mutation(field, note, over, given) }
}

const ANOTHERS_PHOTO: Over = Over::Photo(Owner::Another);
const OWN_PHOTO: Over = Over::Photo(Owner::Caller);
const ANOTHERS_COMMENT: Over = Over::Comment(Owner::Another);
const OWN_COMMENT: Over = Over::Comment(Owner::Caller);
const ANOTHERS_UPLOAD: Over = Over::Upload(Owner::Another);
const OWN_UPLOAD: Over = Over::Upload(Owner::Caller);

const NOTHING: Given = |_| json!({});
const GALLERY_ID: Given = |s| json!({ "id": s.gallery });
const MEDIA_ID: Given = |s| json!({ "id": s.media });
const COMMENT_ID: Given = |s| json!({ "id": s.comment });
const GALLERY: fn(&Subject) -> &String = |s| &s.gallery;
const MEDIA: fn(&Subject) -> &String = |s| &s.media;

/// A photo that was announced, in a gallery.
fn upload(s: &Subject) -> Value {
    json!({
        "galleryId": s.gallery, "fileName": "a.jpg", "contentType": "image/jpeg", "sizeBytes": 10, "sha256": s.sha256,
    })
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    finds("node", "a gallery", Over::Gallery, GALLERY_ID),
    finds("node", "another's photo", ANOTHERS_PHOTO, MEDIA_ID),
    finds("node", "own photo", OWN_PHOTO, MEDIA_ID),
    finds("node", "another's upload", ANOTHERS_UPLOAD, MEDIA_ID),
    finds("node", "own upload", OWN_UPLOAD, MEDIA_ID),
    finds("node", "another's comment", ANOTHERS_COMMENT, COMMENT_ID),
    finds("node", "own comment", OWN_COMMENT, COMMENT_ID),
    finds("node", "a share link", Over::Link, |s| json!({ "id": s.link })),
    finds("node", "a person", Over::Person, |s| json!({ "id": s.person })),
    query("viewer", "", Over::Nothing, NOTHING, "{ id }"),
    query("users", "", Over::Nothing, NOTHING, "{ edges { cursor } }"),
    finds("gallery", "", Over::Gallery, GALLERY_ID),
    lists("galleries", "lists it", Over::Gallery, |_| json!({ "first": 100 }), GALLERY),
    query("galleries", "as another", Over::Person, |s| json!({ "asUser": s.person }), "{ edges { cursor } }"),
    lists("search", "finds it", Over::Gallery, |_| json!({ "text": "gallery", "first": 100 }), GALLERY),
    query("activity", "", Over::Nothing, NOTHING, "{ unreadCount }"),
    finds("media", "another's", ANOTHERS_PHOTO, MEDIA_ID),
    finds("media", "own", OWN_PHOTO, MEDIA_ID),
    finds("media", "another's upload", ANOTHERS_UPLOAD, MEDIA_ID),
    finds("media", "own upload", OWN_UPLOAD, MEDIA_ID),
    lists("timeline", "shows it", Over::Liked, |_| json!({ "from": DAY, "to": DAY, "first": 100 }), MEDIA),
    query("timelineMonths", "", Over::Nothing, NOTHING, "{ month }"),
    lists("favourites", "lists it", Over::Liked, |_| json!({ "first": 100 }), MEDIA),
    query("whoCanSee", "", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media }), "{ rule }"),
    query("whoCanSeeGallery", "", Over::Gallery, |s| json!({ "galleryId": s.gallery }), "{ rule }"),
    query("trash", "", Over::Nothing, NOTHING, "{ edges { cursor } }"),
    query("storageUsage", "", Over::Nothing, NOTHING, "{ mediaCount }"),
    query("backupStatus", "", Over::Nothing, NOTHING, "{ state }"),
    query("auditLog", "", Over::Nothing, NOTHING, "{ edges { cursor } }"),
    query("signInOptions", "", Over::Nothing, NOTHING, "{ id }"),
    mutation("signIn", "", Over::Nothing, |s| json!({ "optionId": s.option, "password": s.option_password })),
    mutation("completeSignIn", "of nothing", Over::Nothing, |_| json!({ "challenge": "x", "newPassword": "a-password" })),
    mutation("refreshSession", "of nothing", Over::Nothing, |_| json!({ "refreshToken": "x" })),
    mutation("signOut", "", Over::Nothing, |_| json!({})),
    mutation("changePassword", "", Over::Nothing, |s| json!({ "currentPassword": s.password, "newPassword": s.password })),
    mutation("createGallery", "", Over::Nothing, |_| json!({ "title": "New" })),
    mutation("updateGallery", "", Over::Gallery, |s| json!({ "id": s.gallery, "description": "New" })),
    mutation("updateGallery", "its cover", ANOTHERS_PHOTO, |s| json!({ "id": s.gallery, "coverMediaId": s.media })),
    consuming("deleteGallery", "", Over::EmptyGallery, |s| json!({ "id": s.gallery })),
    mutation("setGalleryAccess", "", Over::Gallery, |s| json!({ "galleryId": s.gallery, "userId": s.option, "level": "VIEW" })),
    mutation("setGalleryAccess", "for a person", Over::Person, |s| json!({ "galleryId": s.common, "userId": s.person, "level": "VIEW" })),
    mutation("reorderGalleries", "", Over::Gallery, |s| json!({ "galleryIds": [s.gallery] })),
    mutation("createShareLink", "", Over::Gallery, |s| json!({ "galleryId": s.gallery })),
    mutation("requestUpload", "", Over::Gallery, upload),
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
    consuming("restoreMedia", "own", Over::Alone, |s| json!({ "ids": [s.media] })),
    mutation("addComment", "", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media, "text": "New" })),
    mutation("addComment", "a reply", ANOTHERS_COMMENT, |s| json!({ "mediaId": s.media, "parentId": s.comment, "text": "New" })),
    mutation("likeMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media })),
    mutation("likeMedia", "another's upload", ANOTHERS_UPLOAD, |s| json!({ "mediaId": s.media })),
    mutation("unlikeMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media })),
    mutation("prepareUpright", "another's", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media })),
    mutation("prepareUpright", "another's upload", ANOTHERS_UPLOAD, |s| json!({ "mediaId": s.media })),
    mutation("reorderMedia", "another's", ANOTHERS_PHOTO, |s| json!({ "galleryId": s.gallery, "mediaIds": [s.media] })),
    mutation("editComment", "another's", ANOTHERS_COMMENT, |s| json!({ "id": s.comment, "text": "New" })),
    mutation("editComment", "own", OWN_COMMENT, |s| json!({ "id": s.comment, "text": "New" })),
    consuming("deleteComment", "another's", ANOTHERS_COMMENT, |s| json!({ "id": s.comment })),
    consuming("deleteComment", "own", OWN_COMMENT, |s| json!({ "id": s.comment })),
    mutation("markActivityRead", "", Over::Nothing, |_| json!({ "upTo": "2026-03-01T09:30:00Z" })),
    consuming("inviteUser", "", Over::Nothing, |s| json!({ "email": s.address, "displayName": "New", "role": "VISITOR" })),
    mutation("setUserRole", "", Over::Person, |s| json!({ "userId": s.person, "role": "VISITOR" })),
    mutation("setUserDisabled", "", Over::Person, |s| json!({ "userId": s.person, "disabled": false })),
    mutation("resetUserPassword", "", Over::Person, |s| json!({ "userId": s.person })),
    mutation("revokeShareLink", "", Over::Link, |s| json!({ "id": s.link })),
    mutation("startBackup", "", Over::Nothing, |_| json!({})),
    mutation("openShareLink", "of nothing", Over::Nothing, |_| json!({ "token": "x" })),
    mutation("updateProfile", "", Over::Nothing, |_| json!({})),
    mutation("updateProfile", "another's photo", ANOTHERS_PHOTO, |s| json!({ "avatarMediaId": s.media })),
    tells("publishMediaEvent", |_| json!({ "galleryId": "gal_x", "mediaId": "med_x", "status": "READY" })),
    tells("publishCommentEvent", |_| json!({ "mediaId": "med_x", "commentId": "com_x", "kind": "ADDED" })),
    listens("onMediaReady", "", Over::Gallery, |s| json!({ "galleryId": s.gallery })),
    listens("onCommentAdded", "another's photo", ANOTHERS_PHOTO, |s| json!({ "mediaId": s.media })),
    listens("onCommentAdded", "own upload", OWN_UPLOAD, |s| json!({ "mediaId": s.media })),
];
