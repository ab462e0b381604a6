//! The domain of Mantel: what galleries, media, comments and people are, and who may do what.
//!
//! Nothing here does IO, reads a clock, or knows of AWS or GraphQL.

pub mod access;
mod activity;
mod audit;
mod backup;
mod error;
mod event;
mod facts;
mod gallery;
mod id;
mod media;
pub mod object_key;
mod page;
mod people;
mod position;
mod rendition;
mod rotation;
mod text;
mod time;
pub mod upload;
mod word;

pub use activity::{Activity, Deed};
pub use audit::{Actor, AuditLine, Outcome};
pub use backup::{AskedBack, BACKUP_JOBS, BackupPhase, BackupRecord, DRILL_JOBS, Proof};
pub use error::{Error, InputError, InputErrorCode};
pub use event::{CommentEvent, CommentEventKind, Event, MediaEvent, media_events};
pub use facts::{Exif, Findings, Location, MediaKind, TakenAt};
pub use gallery::{AccessLevel, Gallery, GallerySort, Grant, Visibility};
pub use id::{AuditLineId, CommentId, GalleryId, InvalidId, LinkId, MediaId, NodeId, UserId};
pub use media::{Announcement, Media, MediaStatus, Upload};
pub use page::{Cursor, MAX_PAGE_SIZE, Page, PageRequest};
pub use people::{Comment, Like, Role, ShareLink, User};
pub use position::{InvalidPosition, Position};
pub use rendition::{Conversion, DerivedFile, FilmInPhoto, RenditionName, RenditionSize, Renditions, Upright};
pub use rotation::Rotation;
pub use text::{Caption, CommentText, Description, DisplayName, Email, FileName, PlaceName, Title};
pub use time::{Clock, InvalidTimestamp, MAX_OFFSET_MINUTES, Timestamp};
pub use upload::Sha256;
pub use word::{MAX_WORDS, Word, words};
