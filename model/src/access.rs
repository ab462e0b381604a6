//! Who may do what: the one function that decides.

use crate::{AccessLevel, GalleryId, LinkId, MediaStatus, Role, UserId, Visibility};

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
    /// Whoever has a share link that is open.
    Guest(Guest),
}

/// A guest: knows one gallery by a link, and nobody of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The link.
    pub link: LinkId,
    /// The gallery that it opens.
    pub gallery: GalleryId,
    /// Whether originals may be downloaded.
    pub may_download: bool,
}

impl Requester {
    /// The person, if there is one.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Anonymous | Self::Guest(_) | Self::Service => None,
            Self::Person { id, .. } => Some(*id),
        }
    }

    /// Whether this is somebody of the family. Guests are not: they see pictures, and neither who brought them, nor what
    /// people say about them, nor where they were taken.
    #[must_use]
    pub fn is_family(&self) -> bool {
        match self {
            Self::Anonymous | Self::Guest(_) | Self::Service => false,
            Self::Person { .. } => true,
        }
    }

    /// Whether this is somebody who looks after everything.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        match self {
            Self::Anonymous | Self::Service | Self::Guest(_) | Self::Person { role: Role::Visitor, .. } => false,
            Self::Person { role: Role::Admin, .. } => true,
        }
    }

    /// Whether this is somebody who may have the original of what they see.
    #[must_use]
    pub fn may_download(&self) -> bool {
        match self {
            Self::Anonymous | Self::Service => false,
            Self::Person { .. } => true,
            Self::Guest(guest) => guest.may_download,
        }
    }

    /// The group of the user pool that root fields name; none for nobody known.
    #[must_use]
    pub fn group(&self) -> Option<&'static str> {
        match self {
            Self::Anonymous | Self::Service => None,
            Self::Person { role, .. } => Some(role.group()),
            Self::Guest(_) => Some(GUEST_GROUP),
        }
    }
}

/// The group of the user pool that the accounts of share links are in.
pub const GUEST_GROUP: &str = "guest";

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Know that it is there, and see it.
    View,
    /// Download the original.
    Download,
    /// Like it.
    Like,
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
    /// Which one.
    pub id: GalleryId,
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

/// Why somebody sees something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Admins see everything.
    Admin,
    /// The gallery is for the whole family.
    Family,
    /// The gallery's access list names the person.
    AccessList(AccessLevel),
    /// The link opens the gallery.
    ShareLink,
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
    let (standing, _) = standing(requester, *gallery);
    let uploader = media.is_some_and(|m| requester.user_id() == Some(m.uploaded_by));
    if standing < Standing::View || media.is_some_and(|m| !shows(m, standing, uploader)) {
        return Verdict::Hidden;
    }
    // What the family says is the family's.
    if author.is_some() && !requester.is_family() {
        return Verdict::Hidden;
    }
    let own_comment = author.is_some() && author == requester.user_id();
    let manages = standing == Standing::Manage;
    let live = media.is_none_or(|m| m.status != MediaStatus::Trashed);
    // What is on its way may never come: nobody says anything about it before.
    let shown = media.is_none_or(|m| m.status.is_shown());
    let allowed = match action {
        Action::View => true,
        Action::Download => requester.may_download(),
        Action::Like => requester.is_family() && media.is_some() && author.is_none() && shown,
        Action::Comment => standing >= Standing::Comment && shown,
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

/// The rule by which `requester` sees `subject`, as [`decide`] applies it; none where it is hidden.
#[must_use]
pub fn rule(requester: &Requester, subject: &Subject) -> Option<Rule> {
    let (Subject::Gallery(gallery) | Subject::Media(gallery, _) | Subject::Comment(gallery, _, _)) = subject;
    let (_, rule) = standing(requester, *gallery);
    rule.filter(|_| decide(requester, Action::View, subject) == Verdict::Allowed)
}

/// Whether `requester` may know a person's address and account: the person does, and admins do.
#[must_use]
pub fn knows_person(requester: &Requester, person: UserId) -> bool {
    match requester {
        Requester::Anonymous | Requester::Guest(_) | Requester::Service => false,
        Requester::Person { role: Role::Admin, .. } => true,
        Requester::Person { id, role: Role::Visitor } => *id == person,
    }
}

/// What the requester may do in the gallery, and the rule that lets the requester see it.
fn standing(requester: &Requester, gallery: GalleryAccess) -> (Standing, Option<Rule>) {
    const OUTSIDE: (Standing, Option<Rule>) = (Standing::Outside, None);
    match requester {
        Requester::Anonymous | Requester::Service => OUTSIDE,
        // A deleted gallery is still the place of media in the trash, which admins look after.
        Requester::Person { role: Role::Admin, .. } => (Standing::Manage, Some(Rule::Admin)),
        Requester::Person { role: Role::Visitor, .. } if gallery.deleted => OUTSIDE,
        Requester::Person { role: Role::Visitor, .. } => {
            let listed = gallery.grant.map_or(OUTSIDE, |level| (Standing::of(level), Some(Rule::AccessList(level))));
            match gallery.visibility {
                Visibility::Family => (listed.0.max(Standing::Comment), Some(Rule::Family)),
                Visibility::Restricted => listed,
                Visibility::Private => OUTSIDE,
            }
        }
        Requester::Guest(guest) => match gallery.visibility {
            Visibility::Family | Visibility::Restricted if guest.gallery == gallery.id && !gallery.deleted => {
                (Standing::View, Some(Rule::ShareLink))
            }
            Visibility::Family | Visibility::Restricted | Visibility::Private => OUTSIDE,
        },
    }
}

impl Standing {
    fn of(level: AccessLevel) -> Self {
        match level {
            AccessLevel::View => Self::View,
            AccessLevel::Comment => Self::Comment,
            AccessLevel::Contribute => Self::Contribute,
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
    use ulid::Ulid;

    use super::*;
    use crate::Sha256;

    fn person(sub: &str, role: Role) -> Requester {
        Requester::Person { id: UserId::from_sub(sub).expect("a UUID"), role }
    }

    const ME: &str = "00000000-0000-0000-0000-000000000001";
    const OTHER: &str = "00000000-0000-0000-0000-000000000002";

    fn user(sub: &str) -> UserId {
        UserId::from_sub(sub).expect("a UUID")
    }

    const FAMILY: GalleryAccess = gallery(Visibility::Family);
    const RESTRICTED: GalleryAccess = gallery(Visibility::Restricted);
    const PRIVATE: GalleryAccess = gallery(Visibility::Private);

    const fn gallery(visibility: Visibility) -> GalleryAccess {
        GalleryAccess { id: GalleryId::new(Ulid(1)), visibility, deleted: false, grant: None }
    }

    fn guest(may_download: bool) -> Requester {
        let link = LinkId::new(Sha256::new([7; 32]));
        Requester::Guest(Guest { link, gallery: FAMILY.id, may_download })
    }

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
        for action in [Action::Like, Action::Comment] {
            check(&person(ME, Role::Visitor), action, Subject::Media(FAMILY, uploading), Verdict::Denied);
            check(&person(OTHER, Role::Admin), action, Subject::Media(FAMILY, uploading), Verdict::Denied);
            for arrived in [MediaStatus::Processing, MediaStatus::Ready, MediaStatus::Failed] {
                let subject = Subject::Media(FAMILY, media(arrived, ME));
                check(&person(OTHER, Role::Visitor), action, subject, Verdict::Allowed);
            }
        }
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
    fn a_guest_sees_the_gallery_of_the_link_and_nothing_else() {
        let ready = media(MediaStatus::Ready, OTHER);
        let other = GalleryAccess { id: GalleryId::new(Ulid(2)), ..FAMILY };
        for subject in [FAMILY, RESTRICTED] {
            check(&guest(false), Action::View, Subject::Gallery(subject), Verdict::Allowed);
            check(&guest(false), Action::View, Subject::Media(subject, ready), Verdict::Allowed);
        }
        let deleted = GalleryAccess { deleted: true, ..FAMILY };
        for subject in [other, PRIVATE, deleted] {
            check(&guest(true), Action::View, Subject::Gallery(subject), Verdict::Hidden);
            check(&guest(true), Action::View, Subject::Media(subject, ready), Verdict::Hidden);
        }
        let in_trash = media(MediaStatus::Trashed, OTHER);
        check(&guest(true), Action::View, Subject::Media(FAMILY, in_trash), Verdict::Hidden);
        let on_its_way = media(MediaStatus::Uploading, OTHER);
        check(&guest(true), Action::View, Subject::Media(FAMILY, on_its_way), Verdict::Hidden);
    }

    #[test]
    fn a_guest_changes_nothing_and_downloads_where_the_link_says_so() {
        let ready = Subject::Media(FAMILY, media(MediaStatus::Ready, OTHER));
        check(&guest(true), Action::Download, ready, Verdict::Allowed);
        check(&guest(false), Action::Download, ready, Verdict::Denied);
        for subject in [Subject::Gallery(FAMILY), ready] {
            for action in ACTIONS.into_iter().filter(|action| !matches!(action, Action::View | Action::Download)) {
                check(&guest(true), action, subject, Verdict::Denied);
            }
        }
    }

    #[test]
    fn a_guest_does_not_hear_what_the_family_says() {
        let comment = Subject::Comment(FAMILY, media(MediaStatus::Ready, OTHER), user(OTHER));
        for action in ACTIONS {
            check(&guest(true), action, comment, Verdict::Hidden);
        }
        assert_eq!(rule(&guest(true), &comment), None);
    }

    #[test]
    fn whoever_sees_a_picture_may_like_it_and_download_it() {
        let (me, admin) = (person(ME, Role::Visitor), person(OTHER, Role::Admin));
        let view = granted(RESTRICTED, AccessLevel::View);
        let ready = media(MediaStatus::Ready, OTHER);
        for requester in [me, admin] {
            check(&requester, Action::Like, Subject::Media(view, ready), Verdict::Allowed);
            check(&requester, Action::Download, Subject::Media(view, ready), Verdict::Allowed);
            check(&requester, Action::Like, Subject::Gallery(view), Verdict::Denied);
            check(&requester, Action::Like, Subject::Comment(view, ready, user(OTHER)), Verdict::Denied);
        }
        check(&me, Action::Like, Subject::Media(RESTRICTED, ready), Verdict::Hidden);
        let trashed = media(MediaStatus::Trashed, OTHER);
        check(&admin, Action::Like, Subject::Media(FAMILY, trashed), Verdict::Denied);
        check(&admin, Action::Download, Subject::Media(FAMILY, trashed), Verdict::Allowed);
        check(&Requester::Anonymous, Action::Download, Subject::Media(FAMILY, ready), Verdict::Hidden);
    }

    #[test]
    fn an_action_that_makes_no_sense_for_a_thing_is_denied() {
        let admin = person(ME, Role::Admin);
        let ready = media(MediaStatus::Ready, ME);
        let (picture, comment) = (Subject::Media(FAMILY, ready), Subject::Comment(FAMILY, ready, user(ME)));
        for action in
            [Action::EditMedia, Action::TrashMedia, Action::ManageTrash, Action::EditComment, Action::RemoveComment]
        {
            check(&admin, action, Subject::Gallery(FAMILY), Verdict::Denied);
        }
        for action in [Action::Contribute, Action::ManageGallery, Action::EditComment, Action::RemoveComment] {
            check(&admin, action, picture, Verdict::Denied);
        }
        for action in [
            Action::Contribute,
            Action::ManageGallery,
            Action::EditMedia,
            Action::TrashMedia,
            Action::ManageTrash,
            Action::Like,
        ] {
            check(&admin, action, comment, Verdict::Denied);
        }
        check(&admin, Action::ManageGallery, Subject::Gallery(FAMILY), Verdict::Allowed);
        check(&admin, Action::Contribute, Subject::Gallery(PRIVATE), Verdict::Allowed);
    }

    #[test]
    fn the_rule_says_why_somebody_sees_it() {
        let ready = media(MediaStatus::Ready, OTHER);
        let why = |requester, gallery| rule(&requester, &Subject::Media(gallery, ready));
        let view = granted(RESTRICTED, AccessLevel::View);
        assert_eq!(why(person(ME, Role::Admin), PRIVATE), Some(Rule::Admin));
        assert_eq!(why(person(ME, Role::Visitor), FAMILY), Some(Rule::Family));
        assert_eq!(why(person(ME, Role::Visitor), granted(FAMILY, AccessLevel::Contribute)), Some(Rule::Family));
        assert_eq!(why(person(ME, Role::Visitor), view), Some(Rule::AccessList(AccessLevel::View)));
        assert_eq!(why(person(ME, Role::Visitor), RESTRICTED), None);
        assert_eq!(why(person(ME, Role::Visitor), PRIVATE), None);
        assert_eq!(why(guest(false), RESTRICTED), Some(Rule::ShareLink));
        assert_eq!(why(guest(false), PRIVATE), None);
        assert_eq!(why(Requester::Anonymous, FAMILY), None);
        let trashed = Subject::Media(FAMILY, media(MediaStatus::Trashed, ME));
        assert_eq!(rule(&person(ME, Role::Visitor), &trashed), None);
        assert_eq!(rule(&person(ME, Role::Admin), &trashed), Some(Rule::Admin));
    }

    #[test]
    fn accounts_are_known_to_their_people_and_to_admins() {
        assert!(knows_person(&person(ME, Role::Visitor), user(ME)));
        assert!(!knows_person(&person(ME, Role::Visitor), user(OTHER)));
        assert!(knows_person(&person(ME, Role::Admin), user(OTHER)));
        assert!(!knows_person(&guest(true), user(OTHER)));
        assert!(!knows_person(&Requester::Anonymous, user(OTHER)));
    }

    #[test]
    fn a_requester_is_of_one_group_and_people_are_the_family() {
        let groups =
            [Requester::Anonymous, Requester::Service, guest(true), person(ME, Role::Visitor), person(ME, Role::Admin)];
        let known: Vec<_> =
            groups.iter().map(|r| (r.group(), r.is_family(), r.user_id().is_some(), r.is_admin())).collect();
        let expected = [
            (None, false, false, false),
            (None, false, false, false),
            (Some("guest"), false, false, false),
            (Some("visitor"), true, true, false),
            (Some("admin"), true, true, true),
        ];
        assert_eq!(known, expected);
    }

    const ACTIONS: [Action; 11] = [
        Action::View,
        Action::Download,
        Action::Like,
        Action::Comment,
        Action::Contribute,
        Action::ManageGallery,
        Action::EditMedia,
        Action::TrashMedia,
        Action::ManageTrash,
        Action::EditComment,
        Action::RemoveComment,
    ];

    #[test]
    fn a_higher_level_never_takes_a_right_away() {
        let levels = [None, Some(AccessLevel::View), Some(AccessLevel::Comment), Some(AccessLevel::Contribute)];
        let statuses = [MediaStatus::Uploading, MediaStatus::Processing, MediaStatus::Ready, MediaStatus::Trashed];
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
            for action in ACTIONS {
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
