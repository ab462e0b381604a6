//! From the errors of the AWS SDK to ours.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use model::Error;

/// What the caller can do about a failed call: try again later, or nothing.
#[expect(clippy::needless_pass_by_value, reason = "serves as a function for `map_err`")]
pub(crate) fn from_sdk<E>(error: SdkError<E, HttpResponse>) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let passing = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(failure) => {
            failure.raw().status().is_server_error()
                || matches!(
                    failure.err().code(),
                    Some(
                        "ThrottlingException"
                            | "ProvisionedThroughputExceededException"
                            | "RequestLimitExceeded"
                            | "SlowDown"
                            | "TooManyRequestsException"
                            | "TransactionInProgressException"
                    )
                )
        }
        _ => false,
    };
    let text = DisplayErrorContext(&error).to_string();
    if passing { Error::Unavailable(text.into()) } else { Error::internal(text) }
}

/// The name that the service gave to its refusal.
pub(crate) fn service_code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}
