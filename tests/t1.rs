mod stories;
mod support;
