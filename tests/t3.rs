mod access_grid;
mod doors;
mod schema;
mod support;
