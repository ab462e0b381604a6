//! Films of all kinds, read and converted.

mod convert;
mod facts;
mod hostile;
