//! The predefined accounts of a new library: one for whoever looks after it, one for the family.

use anyhow::Context;
use model::{DisplayName, Role, Timestamp, User, UserId};
use resolvers::Random;
use store::{NewUser, Store, UserChange};

/// Letters and digits that are not taken for one another when somebody reads them out: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS: usize = 3;
const GROUP_CHARS: usize = 4;

/// Passwords for the predefined accounts; those that are none are made at random.
#[derive(Clone, Debug, Default)]
pub struct FirstPasswords {
    /// For the admin.
    pub admin: Option<String>,
    /// For the family.
    pub family: Option<String>,
}

/// An account that was just made, to be told once.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The account's name.
    pub username: &'static str,
    /// What one is after signing in with it.
    pub role: Role,
    /// Its password.
    pub password: String,
}

struct Predefined {
    username: &'static str,
    display_name: &'static str,
    role: Role,
}

const PREDEFINED: [Predefined; 2] = [
    Predefined { username: "admin", display_name: "Admin", role: Role::Admin },
    Predefined { username: "family", display_name: "Family", role: Role::Visitor },
];

/// Makes those of the predefined accounts that are not there yet. A run that was cut short is made good by the next.
pub(crate) async fn create_missing(
    store: &Store,
    passwords: &FirstPasswords,
    random: &Random,
    now: Timestamp,
) -> anyhow::Result<Vec<NewAccount>> {
    let mut made = Vec::new();
    for account in &PREDEFINED {
        let given = match account.role {
            Role::Admin => &passwords.admin,
            Role::Visitor => &passwords.family,
        };
        let known = store.find_account(account.username).await?;
        if let Some(known) = &known
            && store.get_user(known.id).await?.is_some()
        {
            continue;
        }
        let password = given.clone().unwrap_or_else(|| random_password(random));
        let name = DisplayName::parse(account.display_name, "displayName").context("a predefined name")?;
        let id = match known {
            Some(known) => {
                store.set_password(account.username, &password).await?;
                store.set_group(account.username, account.role).await?;
                known.id
            }
            None => make(store, account, &name, &password).await?,
        };
        let user = User {
            id,
            username: account.username.to_owned(),
            display_name: name,
            email: None,
            role: account.role,
            disabled: false,
            offered_at_sign_in: true,
            invited_at: now,
            last_seen_at: None,
            tokens_valid_from: None,
            avatar_media_id: None,
            activity_read_until: None,
        };
        store.put_user(&user).await?;
        made.push(NewAccount { username: account.username, role: account.role, password });
    }
    Ok(made)
}

async fn make(store: &Store, account: &Predefined, name: &DisplayName, password: &str) -> anyhow::Result<UserId> {
    let new = NewUser {
        username: account.username,
        display_name: name,
        email: None,
        role: account.role,
        password,
        temporary: false,
    };
    store.create_account(&new).await.with_context(|| format!("the account {} could not be made", account.username))
}

/// Gives an account a new random password, and ends its sessions.
pub(crate) async fn reset_password(
    store: &Store,
    username: &str,
    random: &Random,
    now: Timestamp,
) -> anyhow::Result<String> {
    let account = store.find_account(username).await?.with_context(|| format!("there is no account `{username}`"))?;
    let password = random_password(random);
    store.set_password(&account.username, &password).await?;
    store.sign_out_everywhere(&account.username).await?;
    let change = UserChange { tokens_valid_from: Some(now), ..UserChange::default() };
    store.update_user(account.id, &change).await?;
    Ok(password)
}

/// 60 unpredictable bits as `abcd-efgh-jkmn`: easy to read out, and far too many to guess at a door that locks.
fn random_password(random: &Random) -> String {
    let mut bytes = [0; GROUPS * GROUP_CHARS];
    random(&mut bytes);
    let chars: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    chars.chunks(GROUP_CHARS).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
