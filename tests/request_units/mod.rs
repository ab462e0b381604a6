//! What requests take of the table: the calls and the capacity of every client operation, held by a snapshot, and that
//! calls do not grow with rows.

mod appsync;
mod capacity;
mod gallery_page;
mod growth;
mod library;
mod lists;
mod named;
mod operations;
