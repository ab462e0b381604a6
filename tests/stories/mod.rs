//! What people do, from beginning to end, through the public API.

mod access_lists;
mod addresses;
mod comments;
mod crash;
mod first_evening;
mod first_passwords;
mod galleries;
mod gallery_contents;
mod hidden_galleries;
mod instance;
mod likes;
mod multipart;
mod orders;
mod people;
mod pictures;
mod processing;
mod profiles;
mod recovery;
mod replies;
mod sessions;
mod signing_in;
mod starting;
mod timeline;
mod trash;
mod upload_rules;
mod uploads;
