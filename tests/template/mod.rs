//! The CloudFormation template against the code that runs on what it makes.

mod appsync;
pub(crate) mod document;
mod processing;
mod rights;
mod site;
mod storage;
mod watching;
