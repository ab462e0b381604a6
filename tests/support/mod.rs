//! A running system for one test, and the people who use it.

pub(crate) mod actor;
pub(crate) mod aws;
pub(crate) mod home;
pub(crate) mod operations;
pub(crate) mod stream;
mod table;

pub(crate) use actor::Actor;
pub(crate) use home::Home;
