//! The attributes of users: which there are, who writes them, and what follows from a change.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{Failure, invalid_parameter, not_authorized};

/// The standard attributes, the claims of `OpenID` Connect.
const STANDARD: [&str; 20] = [
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
    "sub",
];
/// Those by which people are reached or found: administrators alone write them.
const ADMINISTERED: [&str; 6] =
    ["email", "email_verified", "phone_number", "phone_number_verified", "preferred_username", "sub"];
const MAX_VALUE_CHARS: usize = 2_048;

/// One attribute in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    pub(super) name: String,
    #[serde(default)]
    pub(super) value: String,
}

/// Changes attributes; a blank value removes one. A new email address is unverified unless the same changes say so.
pub(super) fn apply(attributes: &mut BTreeMap<String, String>, changes: &[Attribute]) -> Result<(), Failure> {
    let old_email = attributes.get("email").cloned();
    for change in changes {
        check(change)?;
        if change.value.is_empty() {
            attributes.remove(&change.name);
        } else {
            attributes.insert(change.name.clone(), change.value.clone());
        }
    }
    let says_verified = changes.iter().any(|change| change.name == "email_verified");
    if attributes.get("email") != old_email.as_ref() && !says_verified {
        attributes.remove("email_verified");
        if attributes.contains_key("email") {
            attributes.insert("email_verified".to_owned(), "false".to_owned());
        }
    }
    Ok(())
}

fn check(change: &Attribute) -> Result<(), Failure> {
    let Attribute { name, value } = change;
    match name.as_str() {
        "sub" => return Err(invalid_parameter("user.sub: Attribute cannot be updated.")),
        "email" if !value.is_empty() && !is_email(value) => {
            return Err(invalid_parameter("Invalid email address format."));
        }
        "email_verified" | "phone_number_verified" if !matches!(value.as_str(), "" | "true" | "false") => {
            return Err(invalid_parameter(format!("user.{name}: Attribute must be true or false.")));
        }
        _ => {}
    }
    if !STANDARD.contains(&name.as_str()) {
        return Err(invalid_parameter(
            "Attributes did not conform to the schema: Type for attribute could not be determined",
        ));
    }
    if value.chars().count() > MAX_VALUE_CHARS {
        return Err(invalid_parameter(format!("user.{name}: String must be no longer than 2048 characters")));
    }
    Ok(())
}

/// Whether it has the shape of an email address; that it reaches anybody is not told by its shape.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Refuses changes that people may not make to themselves.
pub(super) fn check_own(changes: &[Attribute]) -> Result<(), Failure> {
    match changes.iter().find(|change| ADMINISTERED.contains(&change.name.as_str())) {
        Some(_) => Err(not_authorized("A client attempted to write unauthorized attribute")),
        None => Ok(()),
    }
}

/// The address by which a user signs in: the verified email address in lower case.
pub(super) fn email_alias(attributes: &BTreeMap<String, String>) -> Option<String> {
    let verified = attributes.get("email_verified").is_some_and(|value| value == "true");
    attributes.get("email").filter(|_| verified).map(|email| email.to_lowercase())
}

pub(super) fn to_json(attributes: &BTreeMap<String, String>) -> String {
    serde_json::to_string(attributes).expect("a map of strings is always JSON")
}
