//! One binary with all integration tests.

mod embedded_cognito;
mod embedded_s3;
mod stories;
mod support;
