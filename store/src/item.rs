//! Records to items of the table and back, and the calls that every entity shares.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, ConditionCheck, Delete, KeysAndAttributes, Put, ReturnValue, TransactWriteItem},
};
use model::Error;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Store,
    change::Change,
    error::{from_sdk, service_code},
    keys::{GSI1, Item, Key, text},
};

const MAX_BATCH_GET: usize = 100;
const TRANSACTION_TRIES: u32 = 6;
const TRANSACTION_RETRY_BASE: Duration = Duration::from_millis(20);

/// A value as an attribute.
pub(crate) fn to_value<T: Serialize>(value: &T) -> Result<AttributeValue, Error> {
    serde_dynamo::to_attribute_value(value).map_err(Error::internal)
}

/// A record as attributes. What a record does not have is left out, so that conditions can ask for it.
pub(crate) fn to_item<T: Serialize>(record: &T) -> Result<Item, Error> {
    let mut item: Item = serde_dynamo::to_item(record).map_err(Error::internal)?;
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    Ok(item)
}

/// A record from attributes.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    serde_dynamo::from_item(item).map_err(Error::internal)
}

/// A record as a whole item: its key, its place in the first index if it is listed there, its attributes.
pub(crate) fn whole_item<T: Serialize>(key: &Key, index: Option<(String, String)>, record: &T) -> Result<Item, Error> {
    let mut item = to_item(record)?;
    item.extend(key.attributes());
    if let Some((partition, sort)) = index {
        item.insert(GSI1.pk.to_owned(), text(partition));
        item.insert(GSI1.sk.to_owned(), text(sort));
    }
    Ok(item)
}

/// How a transaction ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Transaction {
    /// All of it happened.
    Done,
    /// Nothing happened, because the conditions of these writes (counted from 0) did not hold.
    Refused(Vec<usize>),
}

impl Store {
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Error> {
        self.get_item(key).await?.map(from_item).transpose()
    }

    pub(crate) async fn get_item(&self, key: &Key) -> Result<Option<Item>, Error> {
        let answer = self
            .dynamodb
            .get_item()
            .table_name(&self.settings.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(from_sdk)?;
        Ok(answer.item)
    }

    /// Reads many items, in no order; those that are not there are left out.
    pub(crate) async fn get_many<T: DeserializeOwned>(&self, keys: &[Key]) -> Result<Vec<T>, Error> {
        self.get_items(keys).await?.into_iter().map(from_item).collect()
    }

    pub(crate) async fn get_items(&self, keys: &[Key]) -> Result<Vec<Item>, Error> {
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(MAX_BATCH_GET) {
            let mut wanted = Some(
                KeysAndAttributes::builder()
                    .consistent_read(true)
                    .set_keys(Some(chunk.iter().map(Key::attributes).collect()))
                    .build()
                    .map_err(Error::internal)?,
            );
            while let Some(keys) = wanted.take() {
                let answer = self
                    .dynamodb
                    .batch_get_item()
                    .request_items(&self.settings.table, keys)
                    .send()
                    .await
                    .map_err(from_sdk)?;
                found.extend(answer.responses.into_iter().flat_map(HashMap::into_values).flatten());
                // A large answer comes in several pieces.
                wanted = answer.unprocessed_keys.and_then(|mut rest| rest.remove(&self.settings.table));
            }
        }
        Ok(found)
    }

    /// Writes a new item; false where its key is taken.
    pub(crate) async fn put_new(&self, item: Item) -> Result<bool, Error> {
        let result = self
            .dynamodb
            .put_item()
            .table_name(&self.settings.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK)")
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) if service_code(&error) == Some("ConditionalCheckFailedException") => Ok(false),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Writes an item, whatever was there.
    pub(crate) async fn put(&self, item: Item) -> Result<(), Error> {
        let call = self.dynamodb.put_item().table_name(&self.settings.table).set_item(Some(item));
        call.send().await.map_err(from_sdk)?;
        Ok(())
    }

    /// Deletes an item; it is no error when it is not there.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), Error> {
        let call = self.dynamodb.delete_item().table_name(&self.settings.table).set_key(Some(key.attributes()));
        call.send().await.map_err(from_sdk)?;
        Ok(())
    }

    /// Changes one item and gives it as it is then; none where the conditions do not hold.
    pub(crate) async fn change<T: DeserializeOwned>(&self, key: &Key, change: Change) -> Result<Option<T>, Error> {
        let parts = change.expressions();
        let result = self
            .dynamodb
            .update_item()
            .table_name(&self.settings.table)
            .set_key(Some(key.attributes()))
            .update_expression(parts.update)
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.names)
            .set_expression_attribute_values(parts.values)
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match result {
            Ok(answer) => answer.attributes.map(from_item).transpose(),
            Err(error) if service_code(&error) == Some("ConditionalCheckFailedException") => Ok(None),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Does several writes, or none. Tries again when another transaction touched the same items at that moment.
    pub(crate) async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<Transaction, Error> {
        let mut pause = TRANSACTION_RETRY_BASE;
        for _ in 1..TRANSACTION_TRIES {
            match self.transact_once(writes.clone()).await? {
                Some(end) => return Ok(end),
                None => tokio::time::sleep(pause).await,
            }
            pause *= 2;
        }
        let end = self.transact_once(writes).await?;
        end.ok_or_else(|| Error::Unavailable("a transaction met others on the same items, again and again".into()))
    }

    /// None where another transaction was in the way.
    async fn transact_once(&self, writes: Vec<TransactWriteItem>) -> Result<Option<Transaction>, Error> {
        let result = self.dynamodb.transact_write_items().set_transact_items(Some(writes)).send().await;
        let Err(error) = result else { return Ok(Some(Transaction::Done)) };
        let codes = cancellation_codes(&error);
        let refused: Vec<usize> =
            (0..codes.len()).filter(|&n| codes[n].as_deref() == Some("ConditionalCheckFailed")).collect();
        if !refused.is_empty() {
            return Ok(Some(Transaction::Refused(refused)));
        }
        if codes.iter().flatten().any(|code| code == "TransactionConflict") {
            return Ok(None);
        }
        Err(from_sdk(error))
    }

    pub(crate) fn put_write(&self, item: Item, only_new: bool) -> TransactWriteItem {
        let put = Put::builder().table_name(&self.settings.table).set_item(Some(item));
        let put = if only_new { put.condition_expression("attribute_not_exists(PK)") } else { put };
        TransactWriteItem::builder().put(put.build().expect("table and item are set")).build()
    }

    pub(crate) fn change_write(&self, key: &Key, change: Change) -> TransactWriteItem {
        TransactWriteItem::builder().update(change.into_update(&self.settings.table, key)).build()
    }

    /// A deletion where the conditions of `conditions` hold.
    pub(crate) fn delete_write(&self, key: &Key, conditions: Change) -> TransactWriteItem {
        let parts = conditions.expressions();
        let delete = Delete::builder()
            .table_name(&self.settings.table)
            .set_key(Some(key.attributes()))
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.names)
            .set_expression_attribute_values(parts.values);
        TransactWriteItem::builder().delete(delete.build().expect("table and key are set")).build()
    }

    /// No write, but a condition on another item that must hold for the rest of the transaction.
    pub(crate) fn check_write(&self, key: &Key, conditions: Change) -> TransactWriteItem {
        let parts = conditions.expressions();
        let check = ConditionCheck::builder()
            .table_name(&self.settings.table)
            .set_key(Some(key.attributes()))
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.names)
            .set_expression_attribute_values(parts.values);
        TransactWriteItem::builder().condition_check(check.build().expect("table, key and condition are set")).build()
    }
}

fn cancellation_codes(
    error: &SdkError<TransactWriteItemsError, aws_smithy_runtime_api::client::orchestrator::HttpResponse>,
) -> Vec<Option<String>> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().iter().map(|reason| reason.code.clone()).collect()
        }
        _ => Vec::new(),
    }
}
