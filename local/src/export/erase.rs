//! Erases a person, where that leaves a library that somebody looks after.

use model::{Actor, AuditLine, AuditLineId, Outcome, Role};
use store::{ErasedPerson, Store};
use ulid::Ulid;

use super::people::People;
use crate::system::Options;

/// Erases whoever has an account of that name or address.
pub(crate) async fn erase(
    store: &Store,
    options: &Options,
    name: &str,
    media_too: bool,
) -> anyhow::Result<ErasedPerson> {
    let people = People::read(store).await?;
    let user = people.find(name)?;
    anyhow::ensure!(!user.offered_at_sign_in, "{name} is an account that several people share; it cannot be erased");
    anyhow::ensure!(
        user.role != Role::Admin || store.has_another_admin(user).await?,
        "{name} is the only admin; make somebody else an admin first"
    );
    let now = (options.clock)();
    let erased = store.erase_person(user, &store.survey().await?, media_too, now).await?;
    let mut random = [0; 16];
    (options.random)(&mut random);
    let id = Ulid::from_parts(u64::try_from(now.unix_millis()).unwrap_or(0), u128::from_be_bytes(random));
    store
        .put_audit_line(&AuditLine {
            id: AuditLineId::new(id),
            at: now,
            actor: Actor::Nobody,
            role: None,
            action: "erasePerson".to_owned(),
            outcome: Outcome::Done,
            subjects: vec![user.id.to_string()],
        })
        .await?;
    Ok(erased)
}
