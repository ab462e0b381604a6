//! The whole table, out of it and into it. For the backup alone: nothing else may read all of it.

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use model::{Error, Timestamp, UserId};

use crate::{
    Store,
    error::from_sdk,
    keys::{self, BOOKMARK_PREFIX, ERASED, Item, Key},
    line::{Line, expires_at, is_on_its_way},
};

/// Segments of the table that are read at the same time.
const SEGMENTS: i32 = 4;
const MAX_BATCH_WRITE: usize = 25;

impl Store {
    /// Everything that a backup keeps of the table, in the order of keys. Each item is strongly consistent; what changes
    /// meanwhile may be there as it was before or after.
    ///
    /// Left out are uploads whose bytes are still on their way, bookmarks, what has expired by `now`, and the records
    /// that say how backup and integrity are.
    pub async fn dump_table(&self, now: Timestamp) -> Result<Vec<Line>, Error> {
        let read = |segment| self.dump_segment(segment, now);
        let (first, second, third, fourth) = tokio::try_join!(read(0), read(1), read(2), read(3))?;
        let mut lines = [first, second, third, fourth].concat();
        lines.sort_unstable();
        Ok(lines)
    }

    async fn dump_segment(&self, segment: i32, now: Timestamp) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .dynamodb
                .scan()
                .table_name(&self.settings.table)
                .segment(segment)
                .total_segments(SEGMENTS)
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(from_sdk)?;
            for item in answer.items.unwrap_or_default() {
                if is_kept(&item, now) {
                    lines.push(Line::of(&item)?);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(lines);
            }
        }
    }

    /// Writes items, whatever was there under their keys. Doing it again changes nothing.
    pub async fn write_lines(&self, lines: &[Line]) -> Result<(), Error> {
        for chunk in lines.chunks(MAX_BATCH_WRITE) {
            let requests = chunk.iter().map(|line| {
                let put = PutRequest::builder().set_item(Some(line.item()?)).build().map_err(Error::internal)?;
                Ok(WriteRequest::builder().put_request(put).build())
            });
            self.write_all(requests.collect::<Result<_, Error>>()?).await?;
        }
        Ok(())
    }

    async fn write_all(&self, requests: Vec<WriteRequest>) -> Result<(), Error> {
        const TRIES: u32 = 8;
        let table = &self.settings.table;
        let mut left = Some(requests);
        for attempt in 0..TRIES {
            let Some(requests) = left.take().filter(|requests| !requests.is_empty()) else { return Ok(()) };
            if attempt > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(50 << attempt)).await;
            }
            let call = self.dynamodb.batch_write_item().request_items(table, requests);
            let answer = call.send().await.map_err(from_sdk)?;
            left = answer.unprocessed_items.and_then(|mut rest| rest.remove(table));
        }
        match left {
            Some(rest) if !rest.is_empty() => Err(Error::Unavailable("the table took no more items".into())),
            _ => Ok(()),
        }
    }

    /// The item of the table now that a line has the key of; none where there is none.
    pub async fn read_line(&self, line: &Line) -> Result<Option<Line>, Error> {
        let key = Key { pk: line.partition().to_owned(), sk: line.sort_key().to_owned() };
        self.get_item(&key).await?.as_ref().map(Line::of).transpose()
    }

    /// Notes that something (a person `usr_…`, a photo or video `med_…`) was erased for good, so that no restore brings it back.
    pub async fn note_erasure(&self, id: &str, now: Timestamp) -> Result<(), Error> {
        let mut item = keys::erased(id).attributes();
        item.insert("erased_at".to_owned(), keys::text(now.to_string()));
        self.put(item).await
    }

    /// What was erased for good.
    pub async fn list_erasures(&self) -> Result<Vec<String>, Error> {
        let mut pages = self
            .dynamodb
            .query()
            .table_name(&self.settings.table)
            .key_condition_expression("PK = :erased")
            .expression_attribute_values(":erased", keys::text(ERASED))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut ids = Vec::new();
        while let Some(item) = pages.next().await {
            ids.extend(Key::of(&item.map_err(from_sdk)?).map(|key| key.sk));
        }
        Ok(ids)
    }

    /// Deletes the record of a person; it is no error when it is not there.
    pub async fn delete_user(&self, id: UserId) -> Result<(), Error> {
        self.delete(&keys::user(id)).await
    }
}

fn is_kept(item: &Item, now: Timestamp) -> bool {
    let Some(key) = Key::of(item) else { return false };
    let expired = expires_at(item).is_some_and(|at| at <= now.unix_seconds());
    let says_how_it_is = key == keys::backup() || key == keys::integrity();
    !expired && !says_how_it_is && !key.pk.starts_with(BOOKMARK_PREFIX) && !is_on_its_way(&key, item)
}
