//! What people do, from beginning to end, through the public API.

mod first_evening;
