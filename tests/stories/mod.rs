//! What people do, from beginning to end, through the public API.

mod access_lists;
mod comments;
mod first_evening;
mod first_passwords;
mod galleries;
mod gallery_contents;
mod hidden_galleries;
mod people;
mod profiles;
mod sessions;
mod signing_in;
mod trash;
