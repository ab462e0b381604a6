//! Official AWS clients of the embedded services, for what the API does not show.

use std::{fs, net::SocketAddr};

use local::{REGION, Secrets};

use super::Home;

/// The client of the table.
pub(crate) fn dynamodb(home: &Home) -> aws_sdk_dynamodb::Client {
    let secrets = secrets(home);
    let endpoint = endpoint(home.system.aws);
    let sdk = store::sdk_config_for(&endpoint, REGION, &secrets.access_key_id, &secrets.secret_access_key);
    aws_sdk_dynamodb::Client::new(&store::signing_by(&sdk, home.clock()))
}

/// The client of the buckets.
pub(crate) fn s3(home: &Home) -> aws_sdk_s3::Client {
    let secrets = secrets(home);
    let endpoint = endpoint(home.system.media);
    let sdk = store::sdk_config_for(&endpoint, REGION, &secrets.access_key_id, &secrets.secret_access_key);
    aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(&sdk).force_path_style(true).build())
}

/// The client of the user pool.
pub(crate) fn cognito(home: &Home) -> aws_sdk_cognitoidentityprovider::Client {
    let secrets = secrets(home);
    let endpoint = endpoint(home.system.aws);
    let sdk = store::sdk_config_for(&endpoint, REGION, &secrets.access_key_id, &secrets.secret_access_key);
    aws_sdk_cognitoidentityprovider::Client::new(&store::signing_by(&sdk, home.clock()))
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn secrets(home: &Home) -> Secrets {
    let text = fs::read(home.folder().join("secrets.json")).expect("the key lies in the folder");
    serde_json::from_slice(&text).expect("a key")
}
