//! The doors by which requests come in: what they let through, and what they refuse.

mod appsync;
mod aws_port;
mod forgery;
mod graphql_limits;
mod graphql_over_http;
mod hosts;
mod tokens;
