//! The Lambda function behind both doors.

use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic};
use resolvers::{appsync::Failure, lambda::route};
use serde_json::{Value, json};

use super::event;
use crate::support::Home;

async fn invoke(home: &Home, payload: Value) -> Result<Value, Failure> {
    route(&home.system.api, &home.system.appsync, LambdaEvent::new(payload, Context::default())).await
}

fn http_event(body: &Value) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/graphql",
        "rawQueryString": "",
        "headers": { "content-type": "application/json", "host": "api.example.org" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.org",
            "domainPrefix": "api",
            "http": {
                "method": "POST", "path": "/graphql", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.10", "userAgent": "test",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jul/2025:09:00:00 +0000",
            "timeEpoch": 1_751_360_400_000_i64,
        },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_an_event_tells_its_door() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let me = event(&visitor, "Query", "viewer", json!({}));
    let answer = invoke(&home, me.clone()).await.expect("a value");
    assert_eq!(answer["__typename"], "User");
    let answer = invoke(&home, json!([me])).await.expect("a list");
    assert_eq!(answer[0]["data"]["__typename"], "User");

    // What a client of the HTTP door sends is no event, whatever it looks like.
    for body in [json!({ "query": "{ signInOptions { id } }" }), me.clone()] {
        let answer = invoke(&home, http_event(&body)).await.expect("an HTTP answer");
        let text = answer["body"].as_str().expect("a body");
        assert!(answer["statusCode"].is_u64() && !text.contains("\"User\""), "{answer:#}");
    }
    for payload in [json!({}), json!({ "info": {} }), json!("text"), Value::Null] {
        assert_eq!(invoke(&home, payload).await.expect_err("no event").error_type, "BAD_REQUEST");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_the_functions_error() {
    let home = Home::open().await;
    let failure = invoke(&home, event(&home.anonymous(), "Query", "viewer", json!({}))).await.expect_err("a failure");
    let expected = Diagnostic { error_type: "UNAUTHENTICATED".into(), error_message: "Please sign in.".into() };
    assert_eq!(Diagnostic::from(failure), expected);
}
