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
mod multipart;
mod people;
mod pictures;
mod processing;
mod profiles;
mod recovery;
mod sessions;
mod share_links;
mod signing_in;
mod starting;
mod trash;
mod upload_rules;
mod uploads;
mod view_as;
mod who_can_see;
