//! The contract, the doors, and who may do what.

mod access_grid;
mod doors;
mod schema;
mod support;
mod workspace;
