//! What a pool is opened with.

use model::Clock;

/// What a pool is opened with; its ids and keys are kept in its file instead.
#[derive(Clone)]
pub struct Settings {
    /// The region that the pool id begins with. Read at the first opening only.
    pub region: String,
    /// The name told by `DescribeUserPool`.
    pub pool_name: String,
    /// The URL that the issuer is made of: `<issuer_base>/<pool id>`.
    pub issuer_base: String,
    /// Tells the present time.
    pub clock: Clock,
    /// How long tokens, sessions and temporary passwords are good for.
    pub lifetimes: Lifetimes,
    /// What a password hash costs.
    pub password_cost: PasswordCost,
}

impl Settings {
    /// Settings with Cognito's lifetimes and a safe cost of password hashes.
    #[must_use]
    pub fn new(region: &str, pool_name: &str, issuer_base: &str, clock: Clock) -> Self {
        Self {
            region: region.to_owned(),
            pool_name: pool_name.to_owned(),
            issuer_base: issuer_base.to_owned(),
            clock,
            lifetimes: Lifetimes::default(),
            password_cost: PasswordCost::default(),
        }
    }
}

/// How long tokens, sessions and temporary passwords are good for, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of access and id tokens.
    pub token_seconds: i64,
    /// Of refresh tokens.
    pub refresh_token_seconds: i64,
    /// Of the session of a challenge.
    pub session_seconds: i64,
    /// Of a password that its owner must change at the first sign-in.
    pub temporary_password_seconds: i64,
}

impl Default for Lifetimes {
    /// Cognito's: one hour, 30 days, 3 minutes, 7 days.
    fn default() -> Self {
        Self {
            token_seconds: 3_600,
            refresh_token_seconds: 30 * 86_400,
            session_seconds: 180,
            temporary_password_seconds: 7 * 86_400,
        }
    }
}

/// The parameters of argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

impl Default for PasswordCost {
    /// OWASP's recommendation: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}
