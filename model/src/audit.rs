//! The audit line: who changed what, and when. Ids and codes only; no text that somebody wrote, no secret.

use serde::{Deserialize, Serialize};

use crate::{AuditLineId, LinkId, Role, Timestamp, UserId};

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A signed-in person.
    Person(UserId),
    /// Whoever had a share link.
    Link(LinkId),
    /// Nobody known.
    Nobody,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done, or not all of it, for the reason that this stable code names.
    Refused(String),
}

/// One change that somebody made or tried to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its name for machines; sorts by time.
    pub id: AuditLineId,
    /// When the request came.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What a person was at that time.
    pub role: Option<Role>,
    /// The name of the mutation.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Ids of what it was about.
    pub subjects: Vec<String>,
}
