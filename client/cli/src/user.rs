//! `user`: looks after the accounts of the family.

use serde_json::json;

use crate::{
    api::{Api, check_mistakes},
    cli::{Role, User},
    fault::{Fault, Outcome},
    operations::{
        InviteUser, ResetUserPassword, SetUserDisabled, SetUserRole, Users, invite_user, reset_user_password,
        set_user_disabled, set_user_role, users,
    },
    output::Output,
    shown::shown,
};

/// A person as the list of all shows it.
pub(crate) type Person = users::UsersUsersEdgesNode;

const PAGE: i64 = 100;

/// Does one of the commands.
pub(crate) fn run(command: User, api: &Api, output: Output) -> Outcome<()> {
    match command {
        User::Ls => list(api, output),
        User::Invite { email, name, role } => invite(api, email, name, role, output),
        User::Role { person, role } => set_role(api, &person, role, output),
        User::Disable { person } => set_disabled(api, &person, true, output),
        User::Enable { person } => set_disabled(api, &person, false, output),
        User::ResetPassword { person } => reset_password(api, &person, output),
    }
}

fn nothing() -> Fault {
    Fault::Failed("The server did not do it.".into())
}

fn all(api: &Api) -> Outcome<Vec<Person>> {
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let data = api.call::<Users>(users::Variables { first: PAGE, after })?;
        let page = data.users.ok_or_else(|| Fault::Failed("The server did not list the accounts.".into()))?;
        people.extend(page.edges.into_iter().map(|edge| edge.node));
        after = page.page_info.end_cursor;
        if !page.page_info.has_next_page || after.is_none() {
            return Ok(people);
        }
    }
}

/// The person of an id, an address or a name, where there is exactly one.
pub(crate) fn get(api: &Api, name: &str) -> Outcome<Person> {
    let people = all(api)?;
    let is_meant = |person: &&Person| {
        let address = person.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(name));
        person.id == name || address || person.display_name == name
    };
    let mut meant = people.iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(person), None) => Ok(person.clone()),
        (Some(_), Some(_)) => {
            Err(Fault::Usage(format!("Several people are called {}. Please give an id.", shown(name))))
        }
        (None, _) => Err(Fault::Usage(format!("There is no account of {}.", shown(name)))),
    }
}

fn list(api: &Api, output: Output) -> Outcome<()> {
    let mut rows = Vec::new();
    for person in all(api)? {
        let role = match &person.role {
            users::Role::ADMIN => "admin",
            users::Role::VISITOR => "visitor",
            users::Role::GUEST => "guest",
            users::Role::Other(other) => other,
        };
        let closed = person.disabled.unwrap_or(false);
        output.event(&json!({
            "id": person.id, "name": person.display_name, "email": person.email, "role": role, "disabled": closed,
            "lastSeenAt": person.last_seen_at,
        }));
        rows.push(vec![
            person.id.clone(),
            role.to_owned(),
            if closed { "closed" } else { "open" }.to_owned(),
            person.last_seen_at.as_deref().and_then(|seen| seen.get(..10)).unwrap_or("never").to_owned(),
            person.email.as_deref().map(shown).unwrap_or_default(),
            shown(&person.display_name),
        ]);
    }
    output.table(&["id", "role", "account", "last seen", "address", "name"], &rows);
    Ok(())
}

fn invite(api: &Api, email: String, name: String, role: Role, output: Output) -> Outcome<()> {
    let role = match role {
        Role::Admin => invite_user::Role::ADMIN,
        Role::Visitor => invite_user::Role::VISITOR,
    };
    let input = invite_user::InviteUserInput { email, display_name: name, role };
    let data = api.call_once::<InviteUser>(invite_user::Variables { input })?;
    let payload = data.invite_user.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let (person, password) = payload.user.zip(payload.temporary_password).ok_or_else(nothing)?;
    let event = json!({ "event": "invited", "id": person.id, "temporaryPassword": password });
    let text = format!(
        "{} can sign in with this password, and then chooses another: {}",
        shown(&person.display_name),
        shown(&password)
    );
    output.tell(&event, text);
    Ok(())
}

fn set_role(api: &Api, person: &str, role: Role, output: Output) -> Outcome<()> {
    let person = get(api, person)?;
    let (role, name) = match role {
        Role::Admin => (set_user_role::Role::ADMIN, "admin"),
        Role::Visitor => (set_user_role::Role::VISITOR, "visitor"),
    };
    let input = set_user_role::SetUserRoleInput { user_id: person.id.clone(), role };
    let data = api.call::<SetUserRole>(set_user_role::Variables { input })?;
    let payload = data.set_user_role.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let event = json!({ "event": "changed", "id": person.id, "role": name });
    output.tell(&event, format!("{} is {name} now.", shown(&person.display_name)));
    Ok(())
}

fn set_disabled(api: &Api, person: &str, disabled: bool, output: Output) -> Outcome<()> {
    let person = get(api, person)?;
    let input = set_user_disabled::SetUserDisabledInput { user_id: person.id.clone(), disabled };
    let data = api.call::<SetUserDisabled>(set_user_disabled::Variables { input })?;
    let payload = data.set_user_disabled.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let state = if disabled { "closed" } else { "open" };
    let event = json!({ "event": "changed", "id": person.id, "disabled": disabled });
    output.tell(&event, format!("The account of {} is {state} now.", shown(&person.display_name)));
    Ok(())
}

fn reset_password(api: &Api, person: &str, output: Output) -> Outcome<()> {
    let person = get(api, person)?;
    let input = reset_user_password::ResetUserPasswordInput { user_id: person.id.clone() };
    let data = api.call_once::<ResetUserPassword>(reset_user_password::Variables { input })?;
    let payload = data.reset_user_password.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let password = payload.temporary_password.ok_or_else(nothing)?;
    let event = json!({ "event": "reset", "id": person.id, "temporaryPassword": password });
    let text = format!(
        "{} can sign in with this password within seven days, and then chooses another: {}",
        shown(&person.display_name),
        shown(&password)
    );
    output.tell(&event, text);
    Ok(())
}
