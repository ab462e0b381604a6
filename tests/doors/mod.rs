//! The doors by which requests come in: what they let through, and what they refuse.

mod answers;
pub(crate) mod appsync;
mod aws_port;
mod client_dir;
mod documents;
pub(crate) mod forgery;
mod graphql_limits;
mod graphql_over_http;
mod hosts;
mod introspection;
mod site;
mod tokens;
