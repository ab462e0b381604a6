//! Queries that go through both doors. To add one, add a line: who sends it, the document, its variables.
//!
//! `"$name"` in variables stands for something of the world (see `world.rs`). All are sent about one and the same world.

use super::entry::{
    Entry,
    Who::{Admin, Anonymous, Rosa, Visitor},
};

pub(super) const QUERIES: &[Entry<'static>] = &[
    // Who is calling.
    (Anonymous, "{ signInOptions { __typename id label role } }", "{}"),
    (Visitor, "{ __typename options: signInOptions { label } viewer { __typename id displayName role } }", "{}"),
    (
        Anonymous,
        "{ signInOptions { label } viewer { id } galleries { edges { node { id } } } again: signInOptions { id } }",
        "{}",
    ),
    (
        Anonymous,
        r"query($id: ID!) { node(id: $id) { id } media(id: $id) { id } gallery(id: $id) { title } trash { edges { cursor } } }",
        r#"{ "id": "$july" }"#,
    ),
    (
        Visitor,
        "{ viewer { displayName } users { edges { node { displayName } } } trash { pageInfo { hasNextPage } } }",
        "{}",
    ),
    (Rosa, "{ viewer { id email disabled invitedAt lastSeenAt displayName role } }", "{}"),
    (
        Admin,
        "query Everyone { users(first: 100) { edges { cursor node { __typename id displayName role email disabled invitedAt lastSeenAt } } pageInfo { hasNextPage endCursor } } }",
        "{}",
    ),
    (
        Visitor,
        "query($id: ID!) { node(id: $id) { ... on User { displayName email disabled invitedAt lastSeenAt } } }",
        r#"{ "id": "$rosa" }"#,
    ),
    // One gallery, in many ways.
    (
        Visitor,
        "query Gallery($id: ID!) { gallery(id: $id) { __typename id title description visibility sort mediaCount firstTakenOn lastTakenOn createdAt updatedAt createdBy { displayName role } viewerCan { __typename edit delete upload share } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Rosa,
        "query($id: ID!) { gallery(id: $id) { viewerCan { edit upload } media { edges { node { id uploadedBy { id } viewerCan { edit delete comment download } } } } } }",
        r#"{ "id": "$guests" }"#,
    ),
    (
        Rosa,
        "query($id: ID!) { gallery(id: $id) { mediaCount months { __typename month count } june: media(from: \"2024-06-01\", to: \"2024-06-30\") { edges { node { id } } } late: media(sort: TAKEN_AT_DESC, from: \"2024-07-01\") { edges { node { id } } } wrong: media(sort: MANUAL, to: \"2024-07-01\") { edges { cursor } } } galleries { edges { node { id months { month } } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { id title accessList { level } cover { id } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Admin,
        "query($id: ID!) { gallery(id: $id) { accessList { __typename level grantedAt user { __typename id displayName email } } } }",
        r#"{ "id": "$guests" }"#,
    ),
    (
        Visitor,
        r#"{ gallery(id: "gal_01JZZZZZZZZZZZZZZZZZZZZZZZ") { title } media(id: "nonsense") { id } node(id: "") { id } }"#,
        "{}",
    ),
    (
        Visitor,
        "query($gallery: ID!, $media: ID!) { gallery(id: $gallery) { title } media(id: $media) { id } }",
        r#"{ "gallery": "$secret", "media": "$secretPhoto" }"#,
    ),
    (
        Admin,
        "query($gallery: ID!, $media: ID!) { gallery(id: $gallery) { title cover { id } } media(id: $media) { id caption } }",
        r#"{ "gallery": "$secret", "media": "$secretPhoto" }"#,
    ),
    (
        Visitor,
        "query($a: ID!, $b: ID!, $c: ID!) { a: gallery(id: $a) { title } b: gallery(id: $b) { name: title cover { id } } c: gallery(id: $c) { title } }",
        r#"{ "a": "$summer", "b": "$empty", "c": "$guests" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { mediaCount cover { id } media { edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }",
        r#"{ "id": "$empty" }"#,
    ),
    // Pages.
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { media(first: 2) { edges { cursor node { id } } pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $after: String) { gallery(id: $id) { media(first: 2, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }",
        r#"{ "id": "$summer", "after": "$pageOne" }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $after: String) { gallery(id: $id) { media(first: 2, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }",
        r#"{ "id": "$summer", "after": "$pageTwo" }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $after: String) { gallery(id: $id) { media(first: 2, after: $after) { edges { cursor } } } }",
        r#"{ "id": "$summer", "after": null }"#,
    ),
    (
        Visitor,
        "query($after: String!) { galleries(first: 2, after: $after) { edges { cursor node { title media(first: 1) { pageInfo { endCursor } } } } pageInfo { hasNextPage hasPreviousPage } } }",
        r#"{ "after": "$firstGallery" }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $first: Int! = 2, $sort: GallerySort = TAKEN_AT_DESC) { gallery(id: $id) { media(first: $first, sort: $sort) { edges { node { id takenAt } } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $first: Int! = 2, $sort: GallerySort = TAKEN_AT_DESC) { gallery(id: $id) { media(first: $first, sort: $sort) { edges { node { id takenAt } } } } }",
        r#"{ "id": "$summer", "first": 3, "sort": null }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $kind: MediaKind) { gallery(id: $id) { oldest: media(first: 1, sort: TAKEN_AT_ASC) { edges { node { id } } } newest: media(first: 1, sort: TAKEN_AT_DESC) { edges { node { id } } } films: media(kind: $kind) { edges { node { __typename id status failureReason } } } photos: media(kind: PHOTO, first: 100) { edges { node { id } } } } }",
        r#"{ "id": "$summer", "kind": "VIDEO" }"#,
    ),
    // Interfaces and fragments.
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { media { edges { node { __typename id caption takenAt takenAtOffsetMinutes fileName contentType sizeBytes width height status failureReason thumbhash dominantColor createdAt updatedAt commentCount location { latitude longitude altitude } ... on Photo { exif { __typename cameraMake cameraModel lens focalLengthMm fNumber exposureTime iso orientation software } } ... on Video { length: sizeBytes } } } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { ...Head media(first: 3) { ...Page } } } fragment Head on Gallery { title ...Dates } fragment Dates on Gallery { firstTakenOn lastTakenOn } fragment Page on MediaConnection { edges { __typename cursor node { ...Card } } pageInfo { ...Info } } fragment Card on Media { __typename id thumbnail { ...File } uploadedBy { ...Person } ... on Photo { exif { orientation } } } fragment File on Rendition { url width height } fragment Person on User { displayName ...Named } fragment Named on Node { id } fragment Info on PageInfo { hasNextPage }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { media { edges { node { ... on Photo { what: __typename home: gallery { title } said: comments(first: 1) { edges { node { text } } } } ... on Video { what: __typename in: gallery { id } comments { edges { node { text author { displayName } } } } may: viewerCan { download } by: uploadedBy { role } } ... on Node { id } } } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($gallery: ID!, $photo: ID!, $film: ID!, $comment: ID!, $person: ID!, $hidden: ID!) { gallery: node(id: $gallery) { ...N } photo: node(id: $photo) { ...N } film: node(id: $film) { ...N } comment: node(id: $comment) { ...N } person: node(id: $person) { ...N } hidden: node(id: $hidden) { ...N } } fragment N on Node { __typename id ... on Gallery { title cover { id } } ... on Media { fileName gallery { title } } ... on Comment { text author { displayName } media { id } } ... on User { displayName } }",
        r#"{ "gallery": "$summer", "photo": "$july", "film": "$film", "comment": "$adminsComment", "person": "$otto", "hidden": "$secret" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { media(first: 2) { edges { cursor } } media(first: 2) { edges { node { id } } pageInfo { hasNextPage } } media(first: 2) { edges { node { ... on Photo { width } height } } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { media(id: $id) { ... { id ... @include(if: true) { caption } } ... on Media { ... on Node { ... on Photo { width ... on Media { height } } } } } }",
        r#"{ "id": "$july" }"#,
    ),
    // Directives.
    (
        Visitor,
        "query($id: ID!, $yes: Boolean!, $no: Boolean! = false) { gallery(id: $id) { id @skip(if: $no) title @include(if: $no) sort @include(if: $yes) visibility @skip(if: $yes) cover @include(if: $yes) { id @skip(if: true) __typename } createdBy @include(if: $no) { id } } viewer @skip(if: $yes) { id } }",
        r#"{ "id": "$summer", "yes": true }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $details: Boolean!) { media(id: $id) { id ...Details @include(if: $details) ... on Photo @skip(if: $details) { width } ... @include(if: $details) { uploadedBy { displayName } } } } fragment Details on Media { caption comments { edges { node { text @skip(if: $details) id } } } }",
        r#"{ "id": "$july", "details": true }"#,
    ),
    (
        Visitor,
        "query($id: ID!, $details: Boolean!) { media(id: $id) { id ...Details @include(if: $details) ... on Photo @skip(if: $details) { width } ... @include(if: $details) { uploadedBy { displayName } } } } fragment Details on Media { caption comments { edges { node { text @skip(if: $details) id } } } }",
        r#"{ "id": "$july", "details": false }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { id @skip(if: false) @include(if: true) title @skip(if: true) @include(if: true) cover @skip(if: false) @include(if: false) { id } } }",
        r#"{ "id": "$summer" }"#,
    ),
    // One photo, with all that hangs on it.
    (
        Visitor,
        "query($id: ID!) { media(id: $id) { thumbnail { __typename url contentType width height sizeBytes expiresAt } preview { url contentType width height sizeBytes expiresAt } original { url contentType width height sizeBytes expiresAt } } }",
        r#"{ "id": "$july" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { media(id: $id) { commentCount comments(first: 2) { edges { cursor node { __typename id text removed createdAt editedAt author { displayName email } viewerCan { edit delete } media { id commentCount } } } pageInfo { hasNextPage endCursor } } } }",
        r#"{ "id": "$july" }"#,
    ),
    (
        Admin,
        "query($id: ID!) { media(id: $id) { comments { edges { node { text removed author { id } viewerCan { __typename edit delete } } } } viewerCan { edit delete comment download } } }",
        r#"{ "id": "$july" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { media(id: $id) { gallery { title cover { id gallery { createdBy { displayName } media(first: 1) { edges { node { gallery { id } } } } } } } } }",
        r#"{ "id": "$july" }"#,
    ),
    (
        Visitor,
        "{ galleries { edges { node { __typename id title cover { __typename id thumbnail { url } } createdBy { id } viewerCan { upload } media(first: 2) { edges { node { id gallery { id } uploadedBy { displayName } comments(first: 1) { edges { node { text author { displayName } } } } } } } } } } }",
        "{}",
    ),
    (
        Admin,
        "{ trash { edges { cursor node { __typename id status gallery { id title } uploadedBy { displayName } viewerCan { delete } comments { edges { cursor } } } } pageInfo { hasNextPage } } }",
        "{}",
    ),
    // What goes wrong.
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { title media(first: 101) { edges { cursor } } cover { id } } viewer { id } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { none: media(first: 0) { edges { cursor } } bad: media(after: \"nonsense\") { edges { cursor } } good: media(first: 1) { edges { cursor } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Admin,
        "{ users(first: 101) { edges { cursor } } galleries(after: \"?\") { edges { cursor } } trash(first: -1) { edges { cursor } } viewer { role } }",
        "{}",
    ),
    (
        Visitor,
        "{ galleries { edges { node { title accessList { level } media(first: 101) { edges { cursor } } cover { id } } } pageInfo { hasNextPage } } }",
        "{}",
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { media(first: 10) { edges { node { id ... on Video { comments(first: 101) { edges { cursor } } } ... on Photo { comments { edges { cursor } } } } } } } }",
        r#"{ "id": "$summer" }"#,
    ),
    (
        Visitor,
        "query($after: String) { galleries { edges { node { title media(first: 1, after: $after) { edges { node { id } } } } } } }",
        r#"{ "after": "$pageOne" }"#,
    ),
    (
        Visitor,
        "query($first: Int!) { galleries { edges { node { id lines: accessList { level user { displayName } } media(first: $first) { edges { node { comments(first: $first) { edges { cursor } } } } } } } } }",
        r#"{ "first": 3 }"#,
    ),
    (Rosa, "{ viewer { displayName avatar { url width } } }", "{}"),
    (
        Visitor,
        "query($id: ID!) { media(id: $id) { __typename likeCount viewerHasLiked likes { edges { cursor } pageInfo { hasNextPage } } } }",
        r#"{ "id": "$film" }"#,
    ),
    (
        Admin,
        "{ storageUsage { __typename originalsBytes renditionsBytes mediaCount } backupStatus { state destination lastStartedAt lastFinishedAt lastSucceededAt mediaCount objectsCopied bytesCopied failures message lastProof { at proved tried records holds problem } } auditLog(first: 5) { edges { cursor node { __typename id at action outcome actorId actorRole subjectIds actor { displayName role email } } } pageInfo { hasNextPage } } }",
        "{}",
    ),
    (Visitor, "{ storageUsage { mediaCount } auditLog { edges { cursor } } viewer { id } }", "{}"),
    (
        Rosa,
        "query($text: String!) { search(text: $text) { edges { cursor node { __typename ... on Gallery { title } ... on Photo { id caption } ... on Video { id fileName } ... on Comment { text author { displayName } media { id } } } } pageInfo { hasNextPage } } }",
        r#"{ "text": "s" }"#,
    ),
    (
        Rosa,
        "query($text: String!) { search(text: $text, first: 3) { edges { node { __typename ... on Gallery { title mediaCount } ... on Media { id gallery { title } } ... on Comment { text } } } pageInfo { hasNextPage endCursor } } }",
        r#"{ "text": "ph" }"#,
    ),
    (
        Visitor,
        "{ activity(first: 10) { unreadCount edges { node { __typename id at read ... on MediaAddedActivity { count by { displayName } gallery { title } } ... on CommentActivity { comment { text author { displayName } } } ... on LikeActivity { media { id } by { displayName } } } } pageInfo { hasNextPage } } }",
        "{}",
    ),
    (
        Admin,
        "query($gallery: ID!, $media: ID!, $link: ID!, $rosa: ID!) { gallery(id: $gallery) { shareLinks { __typename id label url hasPassword openCount createdBy { displayName } gallery { title } } } node(id: $link) { __typename ... on ShareLink { label createdBy { id } gallery { id } } } whoCanSee(mediaId: $media) { __typename rule level user { displayName } shareLink { label } } whoCanSeeGallery(galleryId: $gallery) { __typename rule level user { displayName } shareLink { label } } galleries(asUser: $rosa) { edges { node { title } } } }",
        r#"{ "gallery": "$guests", "media": "$rosasPhoto", "link": "$link", "rosa": "$rosa" }"#,
    ),
    (
        Visitor,
        "query($gallery: ID!, $link: ID!, $rosa: ID!, $media: ID!) { gallery(id: $gallery) { title shareLinks { id } } node(id: $link) { id } whoCanSee(mediaId: $media) { rule } whoCanSeeGallery(galleryId: $gallery) { rule } galleries(asUser: $rosa) { edges { cursor } } }",
        r#"{ "gallery": "$summer", "media": "$july", "link": "$link", "rosa": "$rosa" }"#,
    ),
    // The whole library.
    (
        Rosa,
        "query($first: Int!) { timeline(first: $first) { edges { cursor node { __typename id takenAt likeCount viewerHasLiked gallery { title } } } pageInfo { hasNextPage endCursor } } timelineMonths { month count } favourites { edges { node { id } } } }",
        r#"{ "first": 4 }"#,
    ),
    (
        Visitor,
        "{ timeline(from: \"2024-07-03\", to: \"2024-07-03\") { edges { node { id likes { edges { likedAt node { displayName avatar { url } } } } } } } }",
        "{}",
    ),
    (Visitor, "{ wrong: timeline(from: \"tomorrow\") { edges { cursor } } months: timelineMonths { month } }", "{}"),
    (
        Rosa,
        "query($id: ID!) { media(id: $id) { comments { edges { node { text authorName parentId replyCount replies(first: 5) { edges { node { text author { displayName } } } } } } } } }",
        r#"{ "id": "$july" }"#,
    ),
    (
        Visitor,
        "query($id: ID!) { gallery(id: $id) { manual: media(sort: MANUAL, first: 2) { edges { node { id } } pageInfo { endCursor } } latest: media(sort: UPLOADED_AT_DESC, first: 2) { edges { cursor node { id } } } } }",
        r#"{ "id": "$summer" }"#,
    ),
];
