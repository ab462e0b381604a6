//! The GraphQL API: its schema, and the doors by which requests come.

mod activity;
pub mod appsync;
mod audit;
mod backup;
mod bounded;
mod calls;
mod comment;
mod connection;
mod context;
mod days;
mod directives;
pub mod document;
mod error;
mod events;
mod gallery;
mod gallery_edit;
mod gallery_media;
mod gallery_order;
mod gate;
mod gate_many;
pub mod guard;
mod http;
mod identity;
pub mod lambda;
mod library;
mod like;
mod loaders;
mod media;
mod media_edit;
mod node;
mod nullable;
mod panic;
mod password_reset;
mod permissions;
mod rendition;
mod reorder;
mod scalars;
mod search;
mod seats;
mod session;
mod share_link;
mod share_link_edit;
mod share_link_session;
mod sse;
mod subscription;
mod timeline;
mod token;
mod upload;
mod upright;
mod user;
mod variables;
mod who_can_see;

use async_graphql::{MergedObject, SchemaBuilder};

pub use context::{Random, Services, SiteAddress};
pub use events::Events;
pub use http::Api;
pub use sse::{EventStream, Subscriptions};
pub use subscription::Subscription;
pub use token::{TokenSettings, Verifier};

/// Everything that can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQueries,
    user::UserQueries,
    gallery::GalleryQueries,
    media::MediaQueries,
    timeline::TimelineQueries,
    like::LikeQueries,
    search::SearchQueries,
    activity::ActivityQueries,
    session::SessionQueries,
    library::LibraryQueries,
    backup::BackupQueries,
    audit::AuditQueries,
    who_can_see::WhoCanSeeQueries,
);

/// Everything that can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    session::SessionMutations,
    gallery_edit::GalleryMutations,
    gallery_order::GalleryOrderMutations,
    upload::UploadMutations,
    media_edit::MediaMutations,
    comment::CommentMutations,
    like::LikeMutations,
    upright::UprightMutations,
    reorder::ReorderMutations,
    activity::ActivityMutations,
    user::UserMutations,
    password_reset::PasswordResetMutations,
    share_link_edit::ShareLinkMutations,
    share_link_session::OpenShareLinkMutations,
    backup::BackupMutations,
    subscription::EventMutations,
);

/// The schema, ready to execute.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The largest body that is read, and the longest text of a query in a URL.
const MAX_BODY_BYTES: usize = 100 * 1024;
/// Deepest nesting of fields that is executed.
const MAX_DEPTH: usize = 12;
/// Deepest nesting of selection sets, those of fragments among them.
const MAX_RECURSION: usize = 24;
/// The most directives in one place.
const MAX_DIRECTIVES: usize = 10;
/// The most aliases in a document.
const MAX_ALIASES: usize = 15;
/// The most that an operation may cost: every field counts one, times the rows of the lists that it is in.
const MAX_COST: usize = 20_000;

/// The largest answer, at either door.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Makes the schema over some services; without them it can only be printed.
#[must_use]
pub fn schema(services: Option<Services>) -> Schema {
    builder(services)
        .limit_recursive_depth(MAX_RECURSION)
        .limit_directives(MAX_DIRECTIVES)
        .limit_aliases(MAX_ALIASES)
        .finish()
}

/// The schema for operations that the server writes itself: the limits are for documents of clients.
pub(crate) fn schema_for_own_operations(services: Services) -> Schema {
    builder(Some(services)).finish()
}

/// What holds for every operation, whoever wrote it.
fn builder(services: Option<Services>) -> SchemaBuilder<Query, Mutation, Subscription> {
    let builder = Schema::build(Query::default(), Mutation::default(), Subscription)
        .extension(nullable::NullableFields)
        .extension(audit::Audit)
        .extension(guard::Guard::default())
        .extension(variables::RequiredVariables)
        .extension(loaders::Stages)
        .disable_suggestions();
    match services {
        Some(services) => builder.data(services),
        None => builder,
    }
}

/// The schema as text, in the form that is committed as `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().use_space_ident().prefer_single_line_descriptions();
    let text = schema(None).sdl_with_options(options);
    format!("{}\n", text.trim())
}
