//! What administrators do to groups and their members.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        UserPool,
        error::{Failure, invalid_parameter},
        groups::{self, Group},
        users,
    },
    check_pool,
    page::Page,
    require,
};

const MAX_NAME_CHARS: usize = 128;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Create {
    user_pool_id: String,
    group_name: String,
    description: Option<String>,
    precedence: Option<i64>,
}

pub(super) async fn create(pool: &UserPool, input: Create) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    require("groupName", &input.group_name)?;
    let name = input.group_name;
    if name.chars().count() > MAX_NAME_CHARS || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(invalid_parameter("GroupName must have at most 128 characters and no blanks."));
    }
    if input.precedence.is_some_and(|precedence| precedence < 0) {
        return Err(invalid_parameter("Precedence must be zero or more."));
    }
    let (description, precedence) = (input.description, input.precedence);
    let group = Group { name, description, precedence, created_at: pool.now() };
    let group = pool
        .write(move |tx| {
            groups::insert(tx, &group)?;
            Ok(group)
        })
        .await?;
    Ok(json!({ "Group": group.describe(&pool.pool_id) }))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct List {
    user_pool_id: String,
    group_name: String,
    username: String,
    limit: Option<usize>,
    next_token: Option<String>,
}

impl List {
    fn page(&self, pool: &UserPool) -> Result<Page, Failure> {
        check_pool(pool, &self.user_pool_id)?;
        Page::parse(self.limit, self.next_token.as_deref())
    }
}

pub(super) async fn list(pool: &UserPool, input: List) -> Result<Value, Failure> {
    let page = input.page(pool)?;
    let (groups, next) = pool
        .read(move |connection| {
            let mut groups = groups::list(connection, &page.after, page.probe())?;
            let next = page.cut(&mut groups, |group| &group.name);
            Ok((groups, next))
        })
        .await?;
    Ok(paged("Groups", &describe_all(pool, &groups), next))
}

pub(super) async fn list_of_user(pool: &UserPool, input: List) -> Result<Value, Failure> {
    let page = input.page(pool)?;
    require("username", &input.username)?;
    let (groups, next) = pool
        .read(move |connection| {
            let user = users::get(connection, &input.username)?;
            let mut groups = groups::list_of_user(connection, &user.sub, &page.after, page.probe())?;
            let next = page.cut(&mut groups, |group| &group.name);
            Ok((groups, next))
        })
        .await?;
    Ok(paged("Groups", &describe_all(pool, &groups), next))
}

pub(super) async fn list_members(pool: &UserPool, input: List) -> Result<Value, Failure> {
    let page = input.page(pool)?;
    require("groupName", &input.group_name)?;
    let (members, next) = pool
        .read(move |connection| {
            groups::check_exists(connection, &input.group_name)?;
            let mut members = groups::list_members(connection, &input.group_name, &page.after, page.probe())?;
            let next = page.cut(&mut members, |user| &user.sub);
            Ok((members, next))
        })
        .await?;
    let members: Vec<Value> = members.iter().map(|user| user.describe("Attributes")).collect();
    Ok(paged("Users", &members, next))
}

fn describe_all(pool: &UserPool, groups: &[Group]) -> Vec<Value> {
    groups.iter().map(|group| group.describe(&pool.pool_id)).collect()
}

fn paged(member: &str, rows: &[Value], next: Option<String>) -> Value {
    let mut output = json!({ member: rows });
    if let Some(next) = next {
        output["NextToken"] = json!(next);
    }
    output
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Membership {
    user_pool_id: String,
    group_name: String,
    username: String,
}

impl Membership {
    fn check(&self, pool: &UserPool) -> Result<(), Failure> {
        check_pool(pool, &self.user_pool_id)?;
        require("username", &self.username)?;
        require("groupName", &self.group_name)
    }
}

pub(super) async fn add_member(pool: &UserPool, input: Membership) -> Result<Value, Failure> {
    input.check(pool)?;
    pool.write(move |tx| {
        let user = users::get(tx, &input.username)?;
        groups::add_member(tx, &input.group_name, &user.sub)
    })
    .await?;
    Ok(json!({}))
}

pub(super) async fn remove_member(pool: &UserPool, input: Membership) -> Result<Value, Failure> {
    input.check(pool)?;
    pool.write(move |tx| {
        let user = users::get(tx, &input.username)?;
        groups::remove_member(tx, &input.group_name, &user.sub)
    })
    .await?;
    Ok(json!({}))
}
