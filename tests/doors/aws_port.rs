//! The loopback port of DynamoDB and Cognito: for AWS clients that hold this folder's key, and for nobody else.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use local::{REGION, Secrets};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Home, home::real_time};

const LIST_TABLES: &str = "DynamoDB_20120810.ListTables";
const LIST_USERS: &str = "AWSCognitoIdentityProviderService.ListUsers";
const NOT_SIGNED: &str = "UnrecognizedClientException";

pub(super) fn secrets(home: &Home) -> Secrets {
    let text = fs::read(home.folder().join("secrets.json")).expect("the key lies in the folder");
    serde_json::from_slice(&text).expect("a key")
}

/// The official client of the embedded DynamoDB, with a key.
pub(super) fn dynamodb(home: &Home, key: &Secrets) -> aws_sdk_dynamodb::Client {
    let endpoint = format!("http://{}", home.system.aws);
    let sdk = store::sdk_config_for(&endpoint, REGION, &key.access_key_id, &key.secret_access_key);
    aws_sdk_dynamodb::Client::new(&sdk)
}

fn cognito(home: &Home, key: &Secrets) -> aws_sdk_cognitoidentityprovider::Client {
    let endpoint = format!("http://{}", home.system.aws);
    let sdk = store::sdk_config_for(&endpoint, REGION, &key.access_key_id, &key.secret_access_key);
    aws_sdk_cognitoidentityprovider::Client::new(&sdk)
}

/// A request as it goes over the wire. Changing it after it was signed is what the tests do.
#[derive(Clone)]
struct Signed {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Signed {
    /// Signs a request for an operation, some seconds off the present.
    fn new(home: &Home, key: &Secrets, target: &str, body: &Value, seconds: i64) -> Self {
        let service = if target.starts_with("DynamoDB") { "dynamodb" } else { "cognito-idp" };
        let identity = Credentials::builder()
            .provider_name("test")
            .access_key_id(&key.access_key_id)
            .secret_access_key(&key.secret_access_key)
            .build()
            .into();
        let time = u64::try_from(real_time().plus_seconds(seconds).unix_seconds()).expect("after 1970");
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(time))
            .settings(SigningSettings::default())
            .build()
            .expect("whole parameters")
            .into();
        let body = body.to_string();
        let mut headers = vec![
            ("host".to_owned(), home.system.aws.to_string()),
            ("content-type".to_owned(), "application/x-amz-json-1.0".to_owned()),
            ("x-amz-target".to_owned(), target.to_owned()),
        ];
        let url = format!("http://{}/", home.system.aws);
        let signed = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let request = SignableRequest::new("POST", url, signed, SignableBody::Bytes(body.as_bytes()))
            .expect("a request that can be signed");
        let (instructions, _) = sign(request, &params).expect("a signature").into_parts();
        headers.extend(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
        Self { path: "/".to_owned(), headers, body }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).expect("a signed header")
    }

    async fn send(&self, home: &Home) -> (StatusCode, Value) {
        let mut request = home.http.post(format!("http://{}{}", home.system.aws, self.path)).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_clients_work_with_the_key_of_the_folder() {
    let home = Home::open().await;
    let key = secrets(&home);
    let tables = dynamodb(&home, &key).list_tables().send().await.expect("tables");
    assert_eq!(tables.table_names(), ["mantel"]);
    let pool = &home.system.store.settings().user_pool_id;
    let users = cognito(&home, &key).list_users().user_pool_id(pool).send().await.expect("users");
    let mut names: Vec<&str> = users.users().iter().filter_map(|user| user.username()).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "family"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_clients_are_refused_with_any_other_key() {
    let home = Home::open().await;
    let key = secrets(&home);
    let other_secret = Secrets { secret_access_key: "another".to_owned(), ..key.clone() };
    let other_id = Secrets { access_key_id: "MANTEL00000000000000000000".to_owned(), ..key };
    let pool = &home.system.store.settings().user_pool_id;
    for wrong in [other_secret, other_id] {
        let refused = dynamodb(&home, &wrong).list_tables().send().await.expect_err("a refusal");
        assert_eq!(refused.code(), Some(NOT_SIGNED));
        let refused = cognito(&home, &wrong).list_users().user_pool_id(pool).send().await.expect_err("a refusal");
        assert_eq!(refused.code(), Some(NOT_SIGNED));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_refused() {
    let home = Home::open().await;
    let pool = &home.system.store.settings().user_pool_id;
    for (target, body) in [
        (LIST_TABLES, json!({})),
        ("DynamoDB_20120810.Scan", json!({ "TableName": "mantel" })),
        (LIST_USERS, json!({ "UserPoolId": pool })),
        ("AWSCognitoIdentityProviderService.AdminGetUser", json!({ "UserPoolId": pool, "Username": "admin" })),
        ("AWSCognitoIdentityProviderService.Nonsense", json!({})),
        ("", json!({})),
    ] {
        let signed = Signed::new(&home, &secrets(&home), target, &body, 0);
        for unsigned in [signed.clone().without("authorization"), signed.with("authorization", "Bearer token")] {
            let (status, answer) = unsigned.send(&home).await;
            assert_eq!((status, &answer["__type"]), (StatusCode::BAD_REQUEST, &json!(NOT_SIGNED)), "{target}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_holds_for_one_request_only() {
    let home = Home::open().await;
    let key = secrets(&home);
    let good = Signed::new(&home, &key, LIST_TABLES, &json!({ "Limit": 10 }), 0);
    assert_eq!(good.send(&home).await.0, StatusCode::OK, "as it was signed");

    let signature = good.header("authorization").to_owned();
    let date = good.header("x-amz-date").to_owned();
    let other_date = format!("{}{}", &date[..date.len() - 2], if date.ends_with("0Z") { "1Z" } else { "0Z" });
    let unsigned_target = signature.replace(";x-amz-target", "");
    assert_ne!(unsigned_target, signature);
    let other_region = signature.replace(REGION, "eu-central-1");
    assert_ne!(other_region, signature);
    let changed = [
        ("another body", Signed { body: json!({ "Limit": 11 }).to_string(), ..good.clone() }),
        ("no body", Signed { body: String::new(), ..good.clone() }),
        ("another path", Signed { path: "/other".to_owned(), ..good.clone() }),
        ("a query", Signed { path: "/?a=b".to_owned(), ..good.clone() }),
        ("another operation", good.clone().with("x-amz-target", "DynamoDB_20120810.DescribeLimits")),
        ("another service", good.clone().with("x-amz-target", LIST_USERS)),
        ("another host", good.clone().with("host", "localhost")),
        ("another time", good.clone().with("x-amz-date", &other_date)),
        ("no time", good.clone().without("x-amz-date")),
        ("a header fewer", good.clone().without("content-type")),
        ("an operation that is not signed", good.clone().with("authorization", &unsigned_target)),
        ("another region", good.clone().with("authorization", &other_region)),
        ("half a signature", good.clone().with("authorization", &signature[..signature.len() - 32])),
        ("no signature", good.clone().with("authorization", signature.split("Signature=").next().expect("a part"))),
    ];
    for (what, request) in changed {
        let (status, answer) = request.send(&home).await;
        assert_eq!((status, &answer["__type"]), (StatusCode::BAD_REQUEST, &json!(NOT_SIGNED)), "{what}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_holds_for_a_quarter_of_an_hour() {
    let home = Home::open().await;
    let key = secrets(&home);
    for (seconds, expected) in [
        (-14 * 60, StatusCode::OK),
        (14 * 60, StatusCode::OK),
        (-16 * 60, StatusCode::BAD_REQUEST),
        (16 * 60, StatusCode::BAD_REQUEST),
    ] {
        let (status, answer) = Signed::new(&home, &key, LIST_TABLES, &json!({}), seconds).send(&home).await;
        assert_eq!(status, expected, "signed {seconds} s from now: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_in_browsers_are_refused_even_with_the_key() {
    let home = Home::open().await;
    let good = Signed::new(&home, &secrets(&home), LIST_TABLES, &json!({}), 0);
    let own = home.url("");
    for origin in [own.as_str(), "http://evil.example", "null"] {
        let (status, answer) = good.clone().with("origin", origin).send(&home).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin}: {answer}");
    }
    assert_eq!(good.send(&home).await.0, StatusCode::OK, "without an origin");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_not_there_gives_an_error_that_says_so() {
    let home = Home::open().await;
    let key = secrets(&home);
    for target in ["DynamoDB_20120810.Nonsense", "AWSCognitoIdentityProviderService.Nonsense", "Other.ListTables", ""] {
        let (status, answer) = Signed::new(&home, &key, target, &json!({}), 0).send(&home).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{target}: {answer}");
        let kind = answer["__type"].as_str().unwrap_or_default();
        assert!(!kind.is_empty() && !kind.contains(NOT_SIGNED), "{target}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_json_gives_an_error_of_its_own() {
    let home = Home::open().await;
    let key = secrets(&home);
    for target in [LIST_TABLES, LIST_USERS] {
        let (status, answer) = Signed::new(&home, &key, target, &json!("no object"), 0).send(&home).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{target}: {answer}");
        assert!(
            answer["__type"].as_str().is_some_and(|kind| kind.contains("SerializationException")),
            "{target}: {answer}"
        );
    }
}
