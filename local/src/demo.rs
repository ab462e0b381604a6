//! Something to look at in an empty library, made through the API like anything else.

use crate::{Options, System};

/// Fills an empty library.
///
/// # Errors
/// When a step fails.
pub async fn fill(_system: &System, _options: &Options) -> anyhow::Result<()> {
    Ok(())
}
