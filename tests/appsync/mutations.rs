//! Mutations that go through both doors. To add one, add a line: who sends it, the document, its variables.
//!
//! `"$name"` in variables stands for something of the world (see `world.rs`). They are sent in this order, through each door
//! to a world of its own.

use super::entry::{
    Entry,
    Who::{Admin, Anonymous, Rosa, Visitor},
};

pub(super) const MUTATIONS: &[Entry<'static>] = &[
    // Share links, what happened.
    (
        Admin,
        "mutation($input: CreateShareLinkInput!, $revoke: RevokeShareLinkInput!) { createShareLink(input: $input) { shareLink { label hasPassword expiresAt openCount createdBy { displayName } gallery { title } } userErrors { code path } } revokeShareLink(input: $revoke) { shareLink { id label revokedAt } userErrors { code } } wrong: createShareLink(input: { galleryId: \"gal_none\" }) { shareLink { id } userErrors { code path } } }",
        r#"{ "input": { "galleryId": "$summer", "password": "open sesame" }, "revoke": { "id": "$link" } }"#,
    ),
    (
        Anonymous,
        "mutation($token: String!) { asked: openShareLink(input: { token: $token }) { passwordRequired galleryId session { role } userErrors { code message path } } wrong: openShareLink(input: { token: \"AAAAAAAAAAAAAAAAAAAAAA\" }) { session { role } userErrors { code message path } } }",
        r#"{ "token": "$linkToken" }"#,
    ),
    (
        Rosa,
        "mutation { markActivityRead(input: { upTo: \"2020-01-01T00:00:00Z\" }) { unreadCount userErrors { code } } }",
        "{}",
    ),
    (
        Admin,
        "mutation($input: StartBackupInput!) { startBackup(input: $input) { status { state destination failures } userErrors { code message path } } }",
        r#"{ "input": { "drill": true } }"#,
    ),
    // Likes, replies, orders.
    (
        Rosa,
        "mutation($like: LikeMediaInput!, $unlike: UnlikeMediaInput!) { likeMedia(input: $like) { media { likeCount viewerHasLiked likes { edges { node { displayName } } } } userErrors { code } } again: likeMedia(input: $like) { media { likeCount } userErrors { code } } unlikeMedia(input: $unlike) { media { likeCount viewerHasLiked } userErrors { code } } wrong: likeMedia(input: { mediaId: \"med_none\" }) { media { id } userErrors { code path } } }",
        r#"{ "like": { "mediaId": "$june" }, "unlike": { "mediaId": "$june" } }"#,
    ),
    (
        Rosa,
        "mutation($input: PrepareUprightInput!) { prepareUpright(input: $input) { media { id ... on Photo { isDamaged hasFilm uprightOriginal { url } } } userErrors { code } } wrong: prepareUpright(input: { mediaId: \"med_none\" }) { media { id } userErrors { code path } } }",
        r#"{ "input": { "mediaId": "$june" } }"#,
    ),
    (
        Visitor,
        "mutation($input: AddCommentInput!) { addComment(input: $input) { comment { text authorName parentId author { displayName } viewerCan { edit } } media { commentCount } userErrors { code path } } }",
        r#"{ "input": { "mediaId": "$july", "text": "Me too", "parentId": "$rosasComment", "authorName": "Uncle Bob" } }"#,
    ),
    (
        Admin,
        "mutation($input: ReorderMediaInput!) { reorderMedia(input: $input) { gallery { sort media { edges { node { id } } } } userErrors { code path } } }",
        r#"{ "input": { "galleryId": "$summer", "mediaIds": ["$july"], "afterMediaId": null } }"#,
    ),
    (
        Admin,
        "mutation($input: ReorderGalleriesInput!, $gallery: ID!) { reorderGalleries(input: $input) { __typename galleryIds userErrors { code } } wrong: reorderGalleries(input: { galleryIds: [$gallery, \"gal_none\"] }) { galleryIds userErrors { code message path } } }",
        r#"{ "input": { "galleryIds": ["$summer", "$guests"] }, "gallery": "$summer" }"#,
    ),
    // Galleries.
    (
        Admin,
        "mutation($title: String!) { createGallery(input: { title: $title }) { __typename gallery { __typename id title description visibility sort mediaCount createdBy { displayName } viewerCan { edit } cover { id } accessList { level } media { edges { cursor } } } userErrors { code } } }",
        r#"{ "title": "Winter" }"#,
    ),
    (
        Admin,
        "mutation($input: CreateGalleryInput!, $visibility: Visibility! = RESTRICTED) { first: createGallery(input: $input) { gallery { title visibility sort } userErrors { code message path } } second: createGallery(input: { title: \"Second\", visibility: $visibility, sort: TAKEN_AT_DESC }) { gallery { title visibility sort } userErrors { code } } wrong: createGallery(input: { title: \"  \" }) { gallery { id } userErrors { __typename code message path } } }",
        r#"{ "input": { "title": "First", "description": "The one before the second.", "visibility": "PRIVATE" } }"#,
    ),
    (
        Admin,
        "mutation($input: UpdateGalleryInput!) { updateGallery(input: $input) { gallery { id title description sort cover { id } updatedAt media(first: 2) { edges { node { id } } } } userErrors { code path } } }",
        r#"{ "input": { "id": "$summer", "title": "Long summer", "description": "All of it.", "sort": "TAKEN_AT_DESC", "coverMediaId": "$july" } }"#,
    ),
    (
        Admin,
        "mutation($id: ID!) { updateGallery(input: { id: $id, description: null, coverMediaId: null }) { gallery { title description cover { id } } userErrors { code path } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Admin,
        "mutation($a: UpdateGalleryInput!, $b: UpdateGalleryInput!) { a: updateGallery(input: $a) { gallery { id } userErrors { code message path } } b: updateGallery(input: $b) { gallery { id } userErrors { code message path } } }",
        r#"{ "a": { "id": "gal_01JZZZZZZZZZZZZZZZZZZZZZZZ", "title": "x" }, "b": { "id": "$summer", "coverMediaId": "$secretPhoto" } }"#,
    ),
    (
        Admin,
        "mutation($gallery: ID!, $user: ID!, $level: GalleryAccessLevel) { on: setGalleryAccess(input: { galleryId: $gallery, userId: $user, level: COMMENT }) { gallery { accessList { level user { displayName } } } userErrors { code } } off: setGalleryAccess(input: { galleryId: $gallery, userId: $user, level: $level }) { gallery { accessList { level user { displayName } } } userErrors { code } } wrong: setGalleryAccess(input: { galleryId: $gallery, userId: \"usr_nobody\" }) { gallery { id } userErrors { code path } } }",
        r#"{ "gallery": "$empty", "user": "$otto", "level": null }"#,
    ),
    (
        Visitor,
        "mutation($media: ID!, $text: String!) { createGallery(input: { title: \"Mine\" }) { gallery { id } userErrors { code } } addComment(input: { mediaId: $media, text: $text }) { comment { text } userErrors { code } } setGalleryAccess(input: { galleryId: \"g\", userId: \"u\" }) { userErrors { code } } }",
        r#"{ "media": "$july", "text": "Denied, allowed, denied." }"#,
    ),
    (
        Anonymous,
        "mutation($media: ID!) { addComment(input: { mediaId: $media, text: \"Hello\" }) { comment { id } userErrors { code } } signOut(input: {}) { userErrors { code } } }",
        r#"{ "media": "$july" }"#,
    ),
    // Comments.
    (
        Rosa,
        "mutation($input: AddCommentInput!) { addComment(input: $input) { __typename comment { __typename id text removed author { displayName email } media { id commentCount } viewerCan { edit delete } } media { __typename id commentCount gallery { title } comments { edges { node { text author { displayName } } } } } userErrors { code message path } } }",
        r#"{ "input": { "mediaId": "$rosasPhoto", "text": "How lovely!" } }"#,
    ),
    (
        Rosa,
        "mutation($media: ID!, $hidden: ID!) { blank: addComment(input: { mediaId: $media, text: \" \" }) { comment { id } media { id } userErrors { code message path } } hidden: addComment(input: { mediaId: $hidden, text: \"x\" }) { comment { id } userErrors { code path } } good: addComment(input: { mediaId: $media, text: \"Good.\" }) { comment { text editedAt } userErrors { code } } }",
        r#"{ "media": "$july", "hidden": "$secretPhoto" }"#,
    ),
    (
        Rosa,
        "mutation($input: EditCommentInput!) { editComment(input: $input) { comment { id text editedAt createdAt author { id } } media { id } userErrors { code } } }",
        r#"{ "input": { "id": "$rosasComment", "text": "Better said." } }"#,
    ),
    (
        Visitor,
        "mutation($id: ID!) { editComment(input: { id: $id, text: \"x\" }) { comment { id } userErrors { code } } deleteComment(input: { id: $id }) { comment { id } userErrors { code } } }",
        r#"{ "id": "$adminsComment" }"#,
    ),
    (
        Rosa,
        "mutation($id: ID!) { deleteComment(input: { id: $id }) { comment { id text removed viewerCan { edit delete } } media { commentCount } userErrors { code } } again: deleteComment(input: { id: $id }) { comment { removed } userErrors { code } } edit: editComment(input: { id: $id, text: \"x\" }) { comment { id } userErrors { code message } } }",
        r#"{ "id": "$rosasComment" }"#,
    ),
    // Photos.
    (
        Rosa,
        "mutation($input: UpdateMediaInput!) { updateMedia(input: $input) { __typename media { __typename id caption takenAt takenAtOffsetMinutes gallery { title firstTakenOn } thumbnail { url width } ... on Photo { exif { orientation } viewerCan { edit } } } userErrors { code path } } }",
        r#"{ "input": { "id": "$rosasPhoto", "caption": "At the lake", "takenAt": "2024-09-03T10:00:00.000Z", "takenAtOffsetMinutes": 120 } }"#,
    ),
    (
        Admin,
        "mutation($id: ID!, $gallery: ID!) { turned: updateMedia(input: { id: $id, rotate: 45 }) { media { id } userErrors { code message path } } lost: updateMedia(input: { id: $id, galleryId: \"gal_01JZZZZZZZZZZZZZZZZZZZZZZZ\" }) { media { id } userErrors { code path } } moved: updateMedia(input: { id: $id, galleryId: $gallery }) { media { gallery { title mediaCount cover { id } } } userErrors { code } } uncaptioned: updateMedia(input: { id: $id, caption: null }) { media { caption } userErrors { code } } }",
        r#"{ "id": "$june", "gallery": "$empty" }"#,
    ),
    (
        Visitor,
        "mutation($id: ID!) { updateMedia(input: { id: $id, caption: \"Mine\" }) { media { id } userErrors { code } } }",
        r#"{ "id": "$july" }"#,
    ),
    (
        Admin,
        "mutation($a: ID!, $b: ID!) { deleteMedia(input: { ids: [$a, $b, \"nonsense\", \"med_01JZZZZZZZZZZZZZZZZZZZZZZZ\"] }) { mediaIds userErrors { code message path } } restoreMedia(input: { ids: [$b] }) { mediaIds userErrors { code path } } again: restoreMedia(input: { ids: [$b] }) { mediaIds userErrors { code message path } } }",
        r#"{ "a": "$may", "b": "$august" }"#,
    ),
    (
        Admin,
        "mutation($input: DeleteMediaInput!) { deleteMedia(input: $input) { mediaIds userErrors { code path } } }",
        r#"{ "input": { "ids": ["$trashed", "$may"], "permanently": true } }"#,
    ),
    (
        Visitor,
        "mutation($ids: [ID!]!) { deleteMedia(input: { ids: $ids }) { mediaIds userErrors { code path } } restoreMedia(input: { ids: $ids }) { mediaIds userErrors { code } } }",
        r#"{ "ids": ["$july", "$secretPhoto"] }"#,
    ),
    // Uploads.
    (
        Rosa,
        "mutation($input: RequestUploadInput!) { requestUpload(input: $input) { __typename ticket { __typename mediaId expiresAt partCount parts { __typename partNumber method url offset length headers { __typename name value } } } duplicateOf { id } userErrors { code } } }",
        r#"{ "input": { "galleryId": "$guests", "fileName": "lake.jpg", "contentType": "image/jpeg", "sizeBytes": 20000000, "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "fileModifiedAt": "2024-09-04T10:00:00.000Z" } }"#,
    ),
    (
        Rosa,
        "mutation($size: Float!, $gallery: ID!) { requestUpload(input: { galleryId: $gallery, fileName: \"a.txt\", contentType: \"text/plain\", sizeBytes: $size, sha256: \"x\" }) { ticket { mediaId } duplicateOf { id gallery { id } } userErrors { code message path } } }",
        r#"{ "size": 12, "gallery": "$guests" }"#,
    ),
    (
        Rosa,
        "mutation($input: FinishUploadInput!) { finishUpload(input: $input) { media { id } userErrors { code message path } } }",
        r#"{ "input": { "mediaId": "$upload", "caption": "Not there yet" } }"#,
    ),
    (
        Rosa,
        "mutation($id: ID!) { finishUpload(input: { mediaId: $id }) { __typename media { __typename id caption uploadedBy { displayName } gallery { title } } userErrors { code } } }",
        r#"{ "id": "$rosasPhoto" }"#,
    ),
    (
        Rosa,
        "mutation($id: ID!) { cancelUpload(input: { mediaId: $id }) { deletedId userErrors { code } } again: cancelUpload(input: { mediaId: $id }) { deletedId userErrors { code message path } } }",
        r#"{ "id": "$upload" }"#,
    ),
    // People.
    (
        Admin,
        "mutation($input: InviteUserInput!) { inviteUser(input: $input) { __typename user { __typename id displayName role email disabled invitedAt lastSeenAt } temporaryPassword userErrors { code } } again: inviteUser(input: $input) { user { id } temporaryPassword userErrors { code message path } } }",
        r#"{ "input": { "email": "$newEmail", "displayName": "New", "role": "VISITOR" } }"#,
    ),
    (
        Admin,
        "mutation($otto: ID!) { up: setUserRole(input: { userId: $otto, role: ADMIN }) { user { role } userErrors { code } } down: setUserRole(input: { userId: $otto, role: VISITOR }) { user { role } userErrors { code } } closed: setUserDisabled(input: { userId: $otto, disabled: true }) { user { disabled displayName } userErrors { code } } nobody: setUserDisabled(input: { userId: \"usr_nobody\", disabled: true }) { user { id } userErrors { code path } } }",
        r#"{ "otto": "$otto" }"#,
    ),
    (
        Admin,
        "mutation($admin: ID!) { setUserRole(input: { userId: $admin, role: VISITOR }) { user { id role } userErrors { code message path } } setUserDisabled(input: { userId: $admin, disabled: true }) { user { id } userErrors { code } } }",
        r#"{ "admin": "$admin" }"#,
    ),
    (
        Admin,
        "mutation($input: ResetUserPasswordInput!, $admin: ID!) { resetUserPassword(input: $input) { __typename user { __typename id displayName role disabled lastSeenAt } temporaryPassword userErrors { code } } own: resetUserPassword(input: { userId: $admin }) { user { id } temporaryPassword userErrors { code message path } } nobody: resetUserPassword(input: { userId: \"usr_nobody\" }) { user { id } userErrors { code path } } }",
        r#"{ "input": { "userId": "$otto" }, "admin": "$admin" }"#,
    ),
    (
        Rosa,
        "mutation($name: String) { updateProfile(input: { displayName: $name }) { user { id displayName email } userErrors { code } } blank: updateProfile(input: { displayName: \"\" }) { user { id } userErrors { code message path } } same: updateProfile(input: {}) { user { displayName } userErrors { code } } }",
        r#"{ "name": "Rosalind" }"#,
    ),
    // Sessions.
    (
        Anonymous,
        "mutation($option: ID!, $password: String!) { wrong: signIn(input: { optionId: $option, password: \"no\" }) { session { role } challenge userErrors { __typename code message path } } right: signIn(input: { optionId: $option, password: $password }) { __typename session { __typename accessToken idToken refreshToken tokenType expiresAt role } challenge userErrors { code } } neither: signIn(input: { password: $password }) { userErrors { code path } } }",
        r#"{ "option": "$family", "password": "family-password" }"#,
    ),
    (
        Anonymous,
        "mutation($input: CompleteSignInInput!) { completeSignIn(input: $input) { session { accessToken role } userErrors { code } } }",
        r#"{ "input": { "challenge": "$challenge", "newPassword": "another-password", "displayName": "Guest of ours" } }"#,
    ),
    (
        Anonymous,
        "mutation { completeSignIn(input: { challenge: \"nonsense\", newPassword: \"another-password\" }) { session { role } userErrors { code message path } } refreshSession(input: { refreshToken: \"nonsense\" }) { session { role } userErrors { code message path } } }",
        "{}",
    ),
    (
        Anonymous,
        "mutation($token: String!) { refreshSession(input: { refreshToken: $token }) { session { accessToken refreshToken tokenType role } challenge userErrors { code } } }",
        r#"{ "token": "$rosasRefreshToken" }"#,
    ),
    (
        Rosa,
        "mutation($old: String!) { wrong: changePassword(input: { currentPassword: \"no\", newPassword: \"a-newer-password\" }) { __typename userErrors { code message path } } short: changePassword(input: { currentPassword: $old, newPassword: \"x\" }) { userErrors { code path } } right: changePassword(input: { currentPassword: $old, newPassword: \"a-newer-password\" }) { userErrors { code } } }",
        r#"{ "old": "a-new-password" }"#,
    ),
    (
        Admin,
        "mutation($id: ID!) { deleteGallery(input: { id: $id }) { deletedId userErrors { code message path } } withMedia: deleteGallery(input: { id: $id, withMedia: true }) { deletedId userErrors { code } } again: deleteGallery(input: { id: $id }) { deletedId userErrors { code path } } }",
        r#"{ "id": "$guests" }"#,
    ),
    (
        Rosa,
        "mutation($token: String) { signOut(input: { refreshToken: $token, everywhere: true }) { __typename userErrors { code } } }",
        r#"{ "token": "$rosasRefreshToken" }"#,
    ),
];
