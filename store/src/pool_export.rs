//! The accounts of the user pool as a backup keeps them. Passwords never leave the pool.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cognitoidentityprovider::types::UserType;
use model::{Error, Role, access::GUEST_GROUP};
use serde::{Deserialize, Serialize};

use crate::{Store, error::from_sdk};

/// An account, without its password.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExportedAccount {
    /// Its name.
    pub username: String,
    /// The id that the pool gave it.
    pub sub: String,
    /// Address, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Name for people, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether one may sign in with it.
    pub enabled: bool,
    /// The groups it is in.
    pub groups: BTreeSet<String>,
}

impl Store {
    /// All accounts, by name.
    pub async fn export_accounts(&self) -> Result<Vec<ExportedAccount>, Error> {
        let pool = &self.settings.user_pool_id;
        let mut accounts = BTreeMap::new();
        let mut pages = self.cognito.list_users().user_pool_id(pool).into_paginator().items().send();
        while let Some(user) = pages.next().await {
            let account = exported(&user.map_err(from_sdk)?);
            accounts.insert(account.username.clone(), account);
        }
        for group in Role::ALL.into_iter().map(Role::group).chain([GUEST_GROUP]) {
            let members = self.cognito.list_users_in_group().user_pool_id(pool).group_name(group);
            let mut members = members.into_paginator().items().send();
            while let Some(user) = members.next().await {
                let name = user.map_err(from_sdk)?.username.unwrap_or_default();
                if let Some(account) = accounts.get_mut(&name) {
                    account.groups.insert(group.to_owned());
                }
            }
        }
        Ok(accounts.into_values().collect())
    }
}

fn exported(user: &UserType) -> ExportedAccount {
    let attribute = |wanted: &str| {
        let mut attributes = user.attributes().iter();
        attributes.find(|attribute| attribute.name == wanted).and_then(|attribute| attribute.value.clone())
    };
    ExportedAccount {
        sub: attribute("sub").unwrap_or_default(),
        email: attribute("email"),
        name: attribute("name"),
        enabled: user.enabled,
        groups: BTreeSet::new(),
        username: user.username.clone().unwrap_or_default(),
    }
}
