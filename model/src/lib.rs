//! The domain of Mantel: what galleries, media, comments and people are, and who may do what.
//!
//! Nothing here does IO, reads a clock, or knows of AWS or GraphQL.

pub mod access;
mod error;
mod facts;
mod gallery;
mod id;
mod media;
pub mod object_key;
mod page;
mod people;
mod text;
mod time;
pub mod upload;

pub use error::{Error, InputError, InputErrorCode};
pub use facts::{Exif, Location, MediaKind, TakenAt};
pub use gallery::{AccessLevel, Gallery, GallerySort, Grant, Visibility};
pub use id::{CommentId, GalleryId, InvalidId, MediaId, NodeId, UserId};
pub use media::{Findings, Media, MediaStatus, RenditionName, RenditionSize, Renditions, Rotation, Upload};
pub use page::{Cursor, MAX_PAGE_SIZE, Page, PageRequest};
pub use people::{Comment, Role, User};
pub use text::{Caption, CommentText, Description, DisplayName, Email, FileName, Title};
pub use time::{Clock, InvalidTimestamp, Timestamp};
pub use upload::Sha256;
