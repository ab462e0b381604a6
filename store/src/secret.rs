//! Secrets that only a function may read.

use aws_config::SdkConfig;
use model::Error;

use crate::error::from_sdk;

/// The text of a secret of AWS Secrets Manager, by its name or ARN.
pub async fn read_secret(sdk: &SdkConfig, name: &str) -> Result<String, Error> {
    let client = aws_sdk_secretsmanager::Client::new(sdk);
    let answer = client.get_secret_value().secret_id(name).send().await.map_err(from_sdk)?;
    answer.secret_string.ok_or_else(|| Error::internal("the secret holds no text"))
}
