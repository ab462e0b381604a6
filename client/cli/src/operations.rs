//! The requests that are sent, typed from `client/operations` and `schema.graphql` when this is compiled.

use graphql_client::GraphQLQuery;

// The scalars of the schema, under the names that the generated code looks for.
type AWSDate = String;
type AWSDateTime = String;
type AWSEmail = String;
#[expect(clippy::upper_case_acronyms, reason = "the schema calls it so")]
type AWSURL = String;

macro_rules! operations {
    ($($name:ident $file:tt)*) => {$(
        #[derive(GraphQLQuery)]
        #[graphql(
            schema_path = "../../schema.graphql",
            query_path = $file,
            response_derives = "Debug, Clone, PartialEq",
            variables_derives = "Debug, Clone",
            skip_serializing_none
        )]
        pub(crate) struct $name;
    )*};
}

operations! {
    CancelUpload "../operations/cancel-upload.graphql"
    CompleteSignIn "../operations/complete-sign-in.graphql"
    CreateGallery "../operations/create-gallery.graphql"
    CreateShareLink "../operations/create-share-link.graphql"
    DeleteGallery "../operations/delete-gallery.graphql"
    FinishUpload "../operations/finish-upload.graphql"
    Galleries "../operations/galleries.graphql"
    GalleryAccess "../operations/gallery-access.graphql"
    GalleryOriginals "../operations/gallery-originals.graphql"
    InviteUser "../operations/invite-user.graphql"
    LikeMedia "../operations/like-media.graphql"
    Media "../operations/media.graphql"
    RefreshSession "../operations/refresh-session.graphql"
    RequestUpload "../operations/request-upload.graphql"
    ResetUserPassword "../operations/reset-user-password.graphql"
    RevokeShareLink "../operations/revoke-share-link.graphql"
    SetGalleryAccess "../operations/set-gallery-access.graphql"
    SetUserDisabled "../operations/set-user-disabled.graphql"
    SetUserRole "../operations/set-user-role.graphql"
    ShareLinks "../operations/share-links.graphql"
    SignIn "../operations/sign-in.graphql"
    SignInOptions "../operations/sign-in-options.graphql"
    SignOut "../operations/sign-out.graphql"
    TrashOriginals "../operations/trash-originals.graphql"
    UpdateGallery "../operations/update-gallery.graphql"
    UpdateMedia "../operations/update-media.graphql"
    Users "../operations/users.graphql"
    Viewer "../operations/viewer.graphql"
}
