//! The embedded DynamoDB: `dynoxide` in process, behind the protocol of AWS (JSON 1.0).

use std::path::Path;

use anyhow::{Context, ensure};
use bytes::Bytes;
use dynoxide::{Database, errors::DynoxideError};
use http::{Response, StatusCode, header};
use rusqlite::Connection;
use serde::Serialize;

use crate::server::{Body, full};

/// What `X-Amz-Target` begins with.
pub(crate) const TARGET_PREFIX: &str = "DynamoDB_20120810.";

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
/// `PRAGMA synchronous` of `FULL`: every commit is on the disk before it is acknowledged.
const FULL: i64 = 2;

/// Opens the database, and makes it if it is not there.
///
/// # Errors
/// When it cannot be opened, or its commits would not be durable.
pub(crate) fn open(folder: &Path) -> anyhow::Result<Database> {
    let path = folder.join("dynamodb.sqlite3");
    let text = path.to_str().context("the data folder's path is not valid UTF-8")?;
    let database = Database::new(text).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    // The library leaves `synchronous` at what SQLite was built with, which another connection shows.
    let mode: i64 = Connection::open(&path)?.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    ensure!(mode == FULL, "this SQLite was built to acknowledge commits before they are on the disk");
    Ok(database)
}

/// Answers one request for `operation`.
pub(crate) async fn handle(database: &Database, operation: &str, body: Bytes) -> Response<Body> {
    let (database, operation) = (database.clone(), operation.to_owned());
    let done = tokio::task::spawn_blocking(move || dispatch(&database, &operation, &body)).await;
    match done {
        Ok(Ok(text)) => answer(StatusCode::OK, text),
        Ok(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
            answer(status, error.to_json())
        }
        Err(error) => {
            tracing::error!(%error, "a DynamoDB operation broke off");
            answer(StatusCode::INTERNAL_SERVER_ERROR, r#"{"__type":"InternalServerError"}"#.to_owned())
        }
    }
}

fn answer(status: StatusCode, text: String) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, CONTENT_TYPE)
        .header("x-amz-crc32", crc32(&text))
        .body(full(text))
        .expect("status and headers are valid")
}

/// Clients of AWS check this one where it is there.
fn crc32(text: &str) -> String {
    crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, text.as_bytes()).to_string()
}

/// Names each operation once: its request is read from JSON by its type, its answer written back.
macro_rules! operations {
    ($database:ident, $operation:ident, $body:ident, { $($name:literal => $method:ident,)* }) => {
        match $operation {
            $($name => to_text(&$database.$method(from_text($body)?)?),)*
            _ => Err(DynoxideError::ValidationException(format!("{} is not an operation of this server", $operation))),
        }
    };
}

fn dispatch(database: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    operations!(database, operation, body, {
        "BatchGetItem" => batch_get_item,
        "BatchWriteItem" => batch_write_item,
        "CreateTable" => create_table,
        "DeleteItem" => delete_item,
        "DeleteTable" => delete_table,
        "DescribeTable" => describe_table,
        "DescribeTimeToLive" => describe_time_to_live,
        "GetItem" => get_item,
        "ListTables" => list_tables,
        "PutItem" => put_item,
        "Query" => query,
        "Scan" => scan,
        "TransactGetItems" => transact_get_items,
        "TransactWriteItems" => transact_write_items,
        "UpdateItem" => update_item,
        "UpdateTable" => update_table,
        "UpdateTimeToLive" => update_time_to_live,
    })
}

fn from_text<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))
}

fn to_text<T: Serialize>(answer: &T) -> Result<String, DynoxideError> {
    serde_json::to_string(answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
