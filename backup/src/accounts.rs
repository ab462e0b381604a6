//! Accounts after a restore. A user pool gives new ids and knows no passwords: ids are translated, passwords made.

use std::collections::BTreeSet;

use model::{DisplayName, Email, Role, UserId, access::GUEST_GROUP};
use store::{ExportedAccount, NewUser, Store};

use crate::{Error, restore::Random};

/// Letters and digits that are not taken for one another: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The first password of an account that was made, to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPassword {
    /// The account.
    pub username: String,
    /// Its password; the person chooses another at the first sign-in.
    pub password: String,
}

/// What became of the accounts of a backup.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// Ids of the backup, and those that stand for them now.
    pub(crate) names: Vec<(String, String)>,
    pub(crate) passwords: Vec<NewPassword>,
    pub(crate) notes: Vec<String>,
}

/// Makes those accounts that are not there.
pub(crate) async fn restore_accounts(
    store: &Store,
    accounts: &[ExportedAccount],
    erased: &BTreeSet<UserId>,
    random: &Random,
) -> Result<Accounts, Error> {
    let mut made = Accounts::default();
    let mut links = 0;
    for account in accounts {
        let id = UserId::from_sub(&account.sub).map_err(Error::internal)?;
        if erased.contains(&id) {
            continue;
        }
        if account.groups.contains(GUEST_GROUP) {
            links += 1;
            continue;
        }
        let now = match store.find_account(&account.username).await? {
            Some(known) => known.id,
            None => make(store, account, random, &mut made).await?,
        };
        if now != id {
            made.names.push((id.sub().to_string(), now.sub().to_string()));
        }
    }
    if links > 0 {
        made.notes.push(format!(
            "{links} share links are in the backup: those without a password open as before, those with one must be made anew"
        ));
    }
    Ok(made)
}

async fn make(store: &Store, account: &ExportedAccount, random: &Random, made: &mut Accounts) -> Result<UserId, Error> {
    let role = Role::from_groups(account.groups.iter().map(String::as_str)).unwrap_or(Role::Visitor);
    let name = account.name.as_deref().unwrap_or(&account.username);
    let display_name = DisplayName::parse(name, "name").map_err(model::Error::from)?;
    let email = account.email.as_deref().map(|text| Email::parse(text, "email")).transpose();
    let email = email.map_err(model::Error::from)?;
    let password = password(random);
    let new = NewUser {
        username: &account.username,
        display_name: &display_name,
        email: email.as_ref(),
        role,
        password: &password,
        temporary: true,
    };
    let id = store.create_account(&new).await?;
    if !account.enabled {
        store.set_account_disabled(&account.username, true).await?;
    }
    made.passwords.push(NewPassword { username: account.username.clone(), password });
    Ok(id)
}

/// 60 unpredictable bits, easy to read out, with an end for password policies.
fn password(random: &Random) -> String {
    let mut bytes = [0; 12];
    random(&mut bytes);
    let chars: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = chars.chunks(4).map(|group| group.iter().collect()).collect();
    format!("{}-A1", groups.join("-"))
}
