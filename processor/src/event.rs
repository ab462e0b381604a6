//! Shapes of what triggers the processor: an SQS batch whose bodies are EventBridge "Object Created" events.
//!
//! Formats: "Using Lambda with Amazon SQS" and "EventBridge event message structure" in the AWS manuals. In this form
//! object keys are plain, not form-url-encoded as in S3's own notifications.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A batch of queued messages.
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Records")]
    pub(crate) records: Vec<Message>,
}

/// One queued message.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    #[serde(rename = "messageId")]
    pub(crate) message_id: String,
    pub(crate) body: String,
}

/// The body of a message: says that an object was created.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "detail-type")]
    pub(crate) detail_type: String,
    pub(crate) detail: Detail,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Detail {
    pub(crate) object: Object,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Object {
    pub(crate) key: String,
}

/// What failed of a batch; all else is done.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchResponse {
    /// The messages to deliver again.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<Failure>,
}

/// A message to deliver again.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its id.
    #[serde(rename = "itemIdentifier")]
    pub message_id: String,
    /// Why, for whoever looks at dead letters; Lambda ignores it.
    pub reason: String,
}

/// An object that was created, for [`batch_of_one`].
#[derive(Clone, Debug)]
pub struct ObjectCreated<'a> {
    /// Name of the bucket.
    pub bucket: &'a str,
    /// Key of the object.
    pub key: &'a str,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Its ETag, without quotes.
    pub etag: &'a str,
    /// Grows with every write of the same key.
    pub sequencer: &'a str,
    /// When, in RFC 3339.
    pub time: &'a str,
}

/// The batch that tells of one object, in the envelope that it has on AWS.
#[must_use]
pub fn batch_of_one(message_id: &str, region: &str, object: &ObjectCreated<'_>) -> Value {
    let event = json!({
        "version": "0",
        "id": message_id,
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "000000000000",
        "time": object.time,
        "region": region,
        "resources": [format!("arn:aws:s3:::{}", object.bucket)],
        "detail": {
            "version": "0",
            "bucket": { "name": object.bucket },
            "object": {
                "key": object.key,
                "size": object.size_bytes,
                "etag": object.etag,
                "sequencer": object.sequencer,
            },
            "reason": "PutObject",
        },
    });
    json!({
        "Records": [{
            "messageId": message_id,
            "receiptHandle": message_id,
            "body": event.to_string(),
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "awsRegion": region,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from the EventBridge documentation of Amazon S3, shortened to what every version has.
    const RECORDED: &str = r#"{
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Object Created",
        "source": "aws.s3", "account": "111122223333", "time": "2021-11-12T00:00:00Z", "region": "ca-central-1",
        "resources": ["arn:aws:s3:::amzn-s3-demo-bucket1"],
        "detail": {
            "version": "0", "bucket": { "name": "amzn-s3-demo-bucket1" },
            "object": { "key": "a key+with/odd%20signs", "size": 5, "etag": "b57f9512698f4b09e608f4f2a65852e5",
                "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", "sequencer": "617f08299329d189" },
            "request-id": "N4N7GDK58NMKJ12R", "requester": "123456789012", "source-ip-address": "1.2.3.4",
            "reason": "PutObject"
        }
    }"#;

    #[test]
    fn a_recorded_event_is_read_with_its_key_as_it_is() {
        let event: Event = serde_json::from_str(RECORDED).expect("the recorded event is readable");
        assert_eq!(event.detail_type, "Object Created");
        assert_eq!(event.detail.object.key, "a key+with/odd%20signs");
    }

    #[test]
    fn our_own_envelope_is_read_back() {
        let object = ObjectCreated {
            bucket: "b",
            key: "k \" ü",
            size_bytes: 1,
            etag: "e",
            sequencer: "1",
            time: "2026-01-01T00:00:00Z",
        };
        let batch: Batch = serde_json::from_value(batch_of_one("7", "local", &object)).expect("a batch");
        assert_eq!(batch.records[0].message_id, "7");
        let event: Event = serde_json::from_str(&batch.records[0].body).expect("an event");
        assert_eq!(event.detail.object.key, "k \" ü");
    }

    #[test]
    fn failures_have_the_names_that_lambda_reads() {
        let response =
            BatchResponse { failures: vec![Failure { message_id: "7".to_owned(), reason: "why".to_owned() }] };
        let text = serde_json::to_string(&response).expect("JSON");
        assert_eq!(text, r#"{"batchItemFailures":[{"itemIdentifier":"7","reason":"why"}]}"#);
    }
}
