//! Who may do what: the one function that decides.

use crate::{AccessLevel, MediaStatus, Role, UserId, Visibility};

/// Who asks. Decided once, at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requester {
    /// Nobody known.
    Anonymous,
    /// A program with a key of AWS, for operations that are about no row.
    Service,
    /// A signed-in person.
    Person {
        /// Who.
        id: UserId,
        /// As what.
        role: Role,
    },
}

impl Requester {
    /// The person, if there is one.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Anonymous | Self::Service => None,
            Self::Person { id, .. } => Some(*id),
        }
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Know that it is there, and see it.
    View,
    /// Say something about it.
    Comment,
    /// Add media to the gallery.
    Contribute,
    /// Change the gallery, or who may see it.
    ManageGallery,
    /// Change caption, date, turn or gallery of the media.
    EditMedia,
    /// Put the media into the trash.
    TrashMedia,
    /// Take the media out of the trash, or erase it for good.
    ManageTrash,
    /// Change the text of the comment.
    EditComment,
    /// Take the comment away.
    RemoveComment,
}

/// What of a gallery matters for access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GalleryAccess {
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The requester's own line of the access list.
    pub grant: Option<AccessLevel>,
}

/// What of a photo or video matters for access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaAccess {
    /// Where it is on its way.
    pub status: MediaStatus,
    /// Who brought it.
    pub uploaded_by: UserId,
}

/// What somebody wants to do it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A gallery.
    Gallery(GalleryAccess),
    /// A photo or video in a gallery.
    Media(GalleryAccess, MediaAccess),
    /// A comment on a photo or video, and its author.
    Comment(GalleryAccess, MediaAccess, UserId),
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Do it.
    Allowed,
    /// The requester sees the thing, but may not do this to it.
    Denied,
    /// The requester must not learn that the thing exists.
    Hidden,
}

/// What somebody may do within a gallery as a whole; each includes those before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Outside,
    View,
    Comment,
    Contribute,
    Manage,
}

/// Decides whether `requester` may do `action` to `subject`.
///
/// An action that makes no sense for the subject (a comment's text of a gallery) is [`Verdict::Denied`].
#[must_use]
pub fn decide(requester: &Requester, action: Action, subject: &Subject) -> Verdict {
    let (gallery, media, author) = match subject {
        Subject::Gallery(gallery) => (gallery, None, None),
        Subject::Media(gallery, media) => (gallery, Some(media), None),
        Subject::Comment(gallery, media, author) => (gallery, Some(media), Some(*author)),
    };
    let standing = standing(requester, *gallery);
    let uploader = media.is_some_and(|m| requester.user_id() == Some(m.uploaded_by));
    if standing < Standing::View || media.is_some_and(|m| !shows(m, standing, uploader)) {
        return Verdict::Hidden;
    }
    let own_comment = author.is_some() && author == requester.user_id();
    let manages = standing == Standing::Manage;
    let live = media.is_none_or(|m| m.status != MediaStatus::Trashed);
    let allowed = match action {
        Action::View => true,
        Action::Comment => standing >= Standing::Comment && live,
        Action::Contribute => standing >= Standing::Contribute && media.is_none(),
        Action::ManageGallery => manages && media.is_none(),
        Action::EditMedia | Action::TrashMedia => {
            media.is_some() && author.is_none() && live && (manages || (uploader && standing >= Standing::Contribute))
        }
        Action::ManageTrash => manages && media.is_some() && author.is_none(),
        Action::EditComment => own_comment && live && standing >= Standing::Comment,
        Action::RemoveComment => {
            author.is_some() && live && (manages || (own_comment && standing >= Standing::Comment))
        }
    };
    if allowed { Verdict::Allowed } else { Verdict::Denied }
}

/// Whether `requester` may know a person's address and account: the person does, and admins do.
#[must_use]
pub fn knows_person(requester: &Requester, person: UserId) -> bool {
    match requester {
        Requester::Anonymous | Requester::Service => false,
        Requester::Person { role: Role::Admin, .. } => true,
        Requester::Person { id, role: Role::Visitor } => *id == person,
    }
}

fn standing(requester: &Requester, gallery: GalleryAccess) -> Standing {
    match requester {
        Requester::Anonymous | Requester::Service => Standing::Outside,
        // A deleted gallery is still the place of media in the trash, which admins look after.
        Requester::Person { role: Role::Admin, .. } => Standing::Manage,
        Requester::Person { role: Role::Visitor, .. } => {
            if gallery.deleted {
                return Standing::Outside;
            }
            let granted = gallery.grant.map_or(Standing::Outside, |level| match level {
                AccessLevel::View => Standing::View,
                AccessLevel::Comment => Standing::Comment,
                AccessLevel::Contribute => Standing::Contribute,
            });
            match gallery.visibility {
                Visibility::Family => granted.max(Standing::Comment),
                Visibility::Restricted => granted,
                Visibility::Private => Standing::Outside,
            }
        }
    }
}

fn shows(media: &MediaAccess, standing: Standing, uploader: bool) -> bool {
    match media.status {
        MediaStatus::Processing | MediaStatus::Ready | MediaStatus::Failed => true,
        // Whoever may add the same file may go on with its upload.
        MediaStatus::Uploading => uploader || standing >= Standing::Contribute,
        MediaStatus::Trashed => standing == Standing::Manage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(sub: &str, role: Role) -> Requester {
        Requester::Person { id: UserId::from_sub(sub).expect("a UUID"), role }
    }

    const ME: &str = "00000000-0000-0000-0000-000000000001";
    const OTHER: &str = "00000000-0000-0000-0000-000000000002";

    fn user(sub: &str) -> UserId {
        UserId::from_sub(sub).expect("a UUID")
    }

    const FAMILY: GalleryAccess = GalleryAccess { visibility: Visibility::Family, deleted: false, grant: None };
    const RESTRICTED: GalleryAccess = GalleryAccess { visibility: Visibility::Restricted, deleted: false, grant: None };
    const PRIVATE: GalleryAccess = GalleryAccess { visibility: Visibility::Private, deleted: false, grant: None };

    fn granted(gallery: GalleryAccess, level: AccessLevel) -> GalleryAccess {
        GalleryAccess { grant: Some(level), ..gallery }
    }

    fn media(status: MediaStatus, sub: &str) -> MediaAccess {
        MediaAccess { status, uploaded_by: user(sub) }
    }

    fn check(requester: &Requester, action: Action, subject: Subject, expected: Verdict) {
        assert_eq!(decide(requester, action, &subject), expected, "{requester:?} {action:?} {subject:?}");
    }

    #[test]
    fn anonymous_and_services_see_nothing() {
        for requester in [Requester::Anonymous, Requester::Service] {
            for gallery in [FAMILY, RESTRICTED, PRIVATE] {
                check(&requester, Action::View, Subject::Gallery(gallery), Verdict::Hidden);
                let ready = media(MediaStatus::Ready, ME);
                check(
                    &requester,
                    Action::View,
                    Subject::Media(granted(gallery, AccessLevel::Contribute), ready),
                    Verdict::Hidden,
                );
            }
            assert!(!knows_person(&requester, user(ME)));
        }
    }

    #[test]
    fn visitor_sees_and_comments_in_the_family_and_manages_nothing() {
        let me = person(ME, Role::Visitor);
        check(&me, Action::View, Subject::Gallery(FAMILY), Verdict::Allowed);
        check(&me, Action::Contribute, Subject::Gallery(FAMILY), Verdict::Denied);
        check(&me, Action::ManageGallery, Subject::Gallery(FAMILY), Verdict::Denied);
        check(&me, Action::Comment, Subject::Media(FAMILY, media(MediaStatus::Ready, OTHER)), Verdict::Allowed);
        check(&me, Action::EditMedia, Subject::Media(FAMILY, media(MediaStatus::Ready, OTHER)), Verdict::Denied);
    }

    #[test]
    fn an_access_list_opens_a_restricted_gallery_level_by_level() {
        let me = person(ME, Role::Visitor);
        let ready = media(MediaStatus::Ready, OTHER);
        check(&me, Action::View, Subject::Gallery(RESTRICTED), Verdict::Hidden);
        let view = granted(RESTRICTED, AccessLevel::View);
        check(&me, Action::View, Subject::Media(view, ready), Verdict::Allowed);
        check(&me, Action::Comment, Subject::Media(view, ready), Verdict::Denied);
        let comment = granted(RESTRICTED, AccessLevel::Comment);
        check(&me, Action::Comment, Subject::Media(comment, ready), Verdict::Allowed);
        check(&me, Action::Contribute, Subject::Gallery(comment), Verdict::Denied);
        let contribute = granted(RESTRICTED, AccessLevel::Contribute);
        check(&me, Action::Contribute, Subject::Gallery(contribute), Verdict::Allowed);
        check(&me, Action::View, Subject::Gallery(granted(PRIVATE, AccessLevel::Contribute)), Verdict::Hidden);
    }

    #[test]
    fn who_brought_it_edits_it_while_they_may_contribute() {
        let me = person(ME, Role::Visitor);
        let mine = media(MediaStatus::Ready, ME);
        check(&me, Action::EditMedia, Subject::Media(granted(FAMILY, AccessLevel::Contribute), mine), Verdict::Allowed);
        check(
            &me,
            Action::TrashMedia,
            Subject::Media(granted(FAMILY, AccessLevel::Contribute), mine),
            Verdict::Allowed,
        );
        check(&me, Action::EditMedia, Subject::Media(FAMILY, mine), Verdict::Denied);
        check(&me, Action::ManageTrash, Subject::Media(FAMILY, mine), Verdict::Denied);
    }

    #[test]
    fn the_trash_is_for_admins() {
        let trashed = media(MediaStatus::Trashed, ME);
        let list = granted(FAMILY, AccessLevel::Contribute);
        check(&person(ME, Role::Visitor), Action::View, Subject::Media(list, trashed), Verdict::Hidden);
        let admin = person(OTHER, Role::Admin);
        check(&admin, Action::View, Subject::Media(FAMILY, trashed), Verdict::Allowed);
        check(&admin, Action::ManageTrash, Subject::Media(FAMILY, trashed), Verdict::Allowed);
        check(&admin, Action::EditMedia, Subject::Media(FAMILY, trashed), Verdict::Denied);
        check(&admin, Action::Comment, Subject::Media(FAMILY, trashed), Verdict::Denied);
    }

    #[test]
    fn bytes_on_their_way_are_for_those_who_may_bring_them() {
        let uploading = media(MediaStatus::Uploading, ME);
        let list = granted(FAMILY, AccessLevel::Contribute);
        check(&person(ME, Role::Visitor), Action::View, Subject::Media(FAMILY, uploading), Verdict::Allowed);
        check(&person(OTHER, Role::Visitor), Action::View, Subject::Media(list, uploading), Verdict::Allowed);
        check(&person(OTHER, Role::Visitor), Action::TrashMedia, Subject::Media(list, uploading), Verdict::Denied);
        check(&person(OTHER, Role::Visitor), Action::View, Subject::Media(FAMILY, uploading), Verdict::Hidden);
        check(&person(OTHER, Role::Admin), Action::View, Subject::Media(list, uploading), Verdict::Allowed);
    }

    #[test]
    fn a_comment_is_its_authors_and_admins_may_remove_it() {
        let ready = media(MediaStatus::Ready, OTHER);
        let mine = Subject::Comment(FAMILY, ready, user(ME));
        let theirs = Subject::Comment(FAMILY, ready, user(OTHER));
        let (me, admin) = (person(ME, Role::Visitor), person(ME, Role::Admin));
        check(&me, Action::EditComment, mine, Verdict::Allowed);
        check(&me, Action::EditComment, theirs, Verdict::Denied);
        check(&me, Action::RemoveComment, mine, Verdict::Allowed);
        check(&me, Action::RemoveComment, theirs, Verdict::Denied);
        check(&admin, Action::EditComment, theirs, Verdict::Denied);
        check(&admin, Action::RemoveComment, theirs, Verdict::Allowed);
        let locked = Subject::Comment(granted(RESTRICTED, AccessLevel::View), ready, user(ME));
        check(&me, Action::EditComment, locked, Verdict::Denied);
        check(&me, Action::RemoveComment, locked, Verdict::Denied);
    }

    #[test]
    fn a_deleted_gallery_is_gone_for_visitors() {
        let deleted = GalleryAccess { deleted: true, ..granted(FAMILY, AccessLevel::Contribute) };
        check(&person(ME, Role::Visitor), Action::View, Subject::Gallery(deleted), Verdict::Hidden);
    }

    #[test]
    fn a_higher_level_never_takes_a_right_away() {
        let levels = [None, Some(AccessLevel::View), Some(AccessLevel::Comment), Some(AccessLevel::Contribute)];
        let statuses = [MediaStatus::Uploading, MediaStatus::Processing, MediaStatus::Ready, MediaStatus::Trashed];
        let actions = [
            Action::View,
            Action::Comment,
            Action::Contribute,
            Action::ManageGallery,
            Action::EditMedia,
            Action::TrashMedia,
            Action::ManageTrash,
            Action::EditComment,
            Action::RemoveComment,
        ];
        let rank = |verdict| match verdict {
            Verdict::Hidden => 0,
            Verdict::Denied => 1,
            Verdict::Allowed => 2,
        };
        let me = person(ME, Role::Visitor);
        for (gallery, status, sub) in [FAMILY, RESTRICTED, PRIVATE]
            .into_iter()
            .flat_map(|gallery| statuses.map(|status| (gallery, status)))
            .flat_map(|(gallery, status)| [ME, OTHER].map(|sub| (gallery, status, sub)))
        {
            for action in actions {
                let ranks = levels.map(|grant| {
                    let gallery = GalleryAccess { grant, ..gallery };
                    let of_media = media(status, sub);
                    [
                        Subject::Gallery(gallery),
                        Subject::Media(gallery, of_media),
                        Subject::Comment(gallery, of_media, user(sub)),
                    ]
                    .map(|subject| rank(decide(&me, action, &subject)))
                });
                for pair in ranks.windows(2) {
                    assert!(
                        pair[0].iter().zip(pair[1]).all(|(low, high)| *low <= high),
                        "{action:?} {gallery:?} {status:?}"
                    );
                }
            }
        }
    }
}
