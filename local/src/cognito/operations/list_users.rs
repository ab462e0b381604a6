//! `ListUsers`, with its small filter language.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        UserPool,
        error::{Failure, invalid_parameter},
        users::{self, User},
    },
    check_pool,
    page::Page,
};

const FILTERED: [&str; 10] = [
    "username",
    "sub",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "status",
    "cognito:user_status",
];

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ListUsers {
    user_pool_id: String,
    limit: Option<usize>,
    pagination_token: Option<String>,
    filter: Option<String>,
    attributes_to_get: Option<Vec<String>>,
}

pub(super) async fn list(pool: &UserPool, input: ListUsers) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    let page = Page::parse(input.limit, input.pagination_token.as_deref())?;
    let filter = input.filter.filter(|text| !text.trim().is_empty());
    let filter =
        filter.map(|text| Filter::parse(&text).ok_or_else(|| invalid_parameter("Error while parsing filter.")));
    let filter = filter.transpose()?;
    let (users, next) = pool
        .read(move |connection| {
            let mut users = matching(connection, filter.as_ref(), &page)?;
            let next = page.cut(&mut users, |user| &user.sub);
            Ok((users, next))
        })
        .await?;
    let shown = input.attributes_to_get.unwrap_or_default();
    let mut output = json!({ "Users": users.iter().map(|user| describe(user, &shown)).collect::<Vec<_>>() });
    if let Some(next) = next {
        output["PaginationToken"] = json!(next);
    }
    Ok(output)
}

/// Reads on until the page is full: a pool has as many users as a family has friends.
fn matching(connection: &Connection, filter: Option<&Filter>, page: &Page) -> rusqlite::Result<Vec<User>> {
    let sql = format!("SELECT {} FROM users WHERE sub > ?1 ORDER BY sub", users::COLUMNS);
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(params![page.after], users::from_row)?;
    let wanted = |user: &rusqlite::Result<User>| match user {
        Ok(user) => filter.is_none_or(|filter| filter.takes(user)),
        Err(_) => true,
    };
    rows.filter(wanted).take(page.probe()).collect()
}

fn describe(user: &User, shown: &[String]) -> Value {
    let mut described = user.describe("Attributes");
    if let (false, Some(list)) = (shown.is_empty(), described["Attributes"].as_array_mut()) {
        list.retain(|attribute| shown.iter().any(|name| attribute["Name"] == json!(name)));
    }
    described
}

/// One condition: `attribute = "value"`, or `attribute ^= "beginning"`.
#[derive(Debug, PartialEq, Eq)]
struct Filter {
    attribute: String,
    begins: bool,
    value: String,
}

impl Filter {
    fn parse(text: &str) -> Option<Self> {
        let (left, right) = text.split_once('=')?;
        let (left, begins) = match left.strip_suffix('^') {
            Some(left) => (left, true),
            None => (left, false),
        };
        let attribute = left.trim().trim_matches('"').to_owned();
        let quoted = right.trim().strip_prefix('"')?.strip_suffix('"')?;
        let value = unescape(quoted)?;
        FILTERED.contains(&attribute.as_str()).then_some(Self { attribute, begins, value })
    }

    fn takes(&self, user: &User) -> bool {
        let actual = match self.attribute.as_str() {
            "username" => Some(user.username.as_str()),
            "sub" => Some(user.sub.as_str()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            "cognito:user_status" => Some(user.status.as_str()),
            attribute => user.attributes.get(attribute).map(String::as_str),
        };
        let (actual, value) = match self.attribute.as_str() {
            "username" | "email" | "status" => (actual.map(str::to_lowercase), self.value.to_lowercase()),
            _ => (actual.map(str::to_owned), self.value.clone()),
        };
        actual.is_some_and(|actual| if self.begins { actual.starts_with(&value) } else { actual == value })
    }
}

/// Takes the backslashes from quotes and backslashes; a bare quote is a mistake.
fn unescape(quoted: &str) -> Option<String> {
    let mut value = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_an_attribute_an_operator_and_a_quoted_value() {
        let check = |text: &str, expected: Option<(&str, bool, &str)>| {
            let parsed = Filter::parse(text);
            let expected = expected.map(|(attribute, begins, value)| Filter {
                attribute: attribute.to_owned(),
                begins,
                value: value.to_owned(),
            });
            assert_eq!(parsed, expected, "{text}");
        };
        check(r#"email = "a@b.example""#, Some(("email", false, "a@b.example")));
        check(r#"name^="An""#, Some(("name", true, "An")));
        check(r#""sub" = "x=y""#, Some(("sub", false, "x=y")));
        check(r#"name = "O\"Neil \\""#, Some(("name", false, r#"O"Neil \"#)));
        check(r#"name = "a" or name = "b""#, None);
        check(r#"password_hash ^= "$""#, None);
        check("name = Anna", None);
        check(r#"name = "ends with \"#, None);
        check("name", None);
        check("", None);
    }
}
