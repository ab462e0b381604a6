//! Looks into the table itself, for what must lie there and what must not.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use local::{REGION, Secrets};

use super::Home;

impl Home {
    /// Every item of the table.
    pub(crate) async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let text = std::fs::read(self.folder().join("secrets.json")).expect("the key lies in the folder");
        let key: Secrets = serde_json::from_slice(&text).expect("a key");
        let endpoint = format!("http://{}", self.system.aws);
        let sdk = store::sdk_config_for(&endpoint, REGION, &key.access_key_id, &key.secret_access_key);
        let client = aws_sdk_dynamodb::Client::from_conf(
            aws_sdk_dynamodb::config::Builder::from(&store::signing_by(&sdk, self.clock())).build(),
        );
        let mut pages = client.scan().table_name("mantel").into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.expect("the table answers"));
        }
        items
    }

    /// How many items have this text in an attribute.
    pub(crate) async fn items_with(&self, attribute: &str, text: &str) -> usize {
        let has = |item: &&HashMap<String, AttributeValue>| {
            item.get(attribute).is_some_and(|value| value.as_s().is_ok_and(|value| value == text))
        };
        self.items().await.iter().filter(has).count()
    }
}
