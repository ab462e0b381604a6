//! One binary with all integration tests.

mod access_grid;
mod appsync;
mod backup;
mod client;
mod cost;
mod doors;
mod embedded_cognito;
mod embedded_s3;
mod operations;
mod request_units;
mod schema;
mod stories;
mod support;
mod template;
mod workspace;
