//! One Lambda function behind both doors: the form of the event tells by which one it came.

use lambda_http::{Adapter, LambdaEvent, Service, request::LambdaRequest, service_fn};
use serde_json::Value;

use crate::{
    Api,
    appsync::{Door, Failure},
};

/// Answers one invocation: by the AppSync door where the event is a resolver's context, or a list of them, and by the
/// HTTP door otherwise.
///
/// # Errors
/// What AppSync is to report as the error of the field; the HTTP door answers its errors itself. `BAD_REQUEST` for an
/// event of neither.
pub async fn route(api: &Api, door: &Door, event: LambdaEvent<Value>) -> Result<Value, Failure> {
    let LambdaEvent { payload, context } = event;
    if payload.is_array() || payload["info"]["fieldName"].is_string() {
        return door.handle(payload).await;
    }
    let unknown =
        |_| Failure::bad_request("This function takes events of API Gateway, of function URLs and of AppSync.");
    let request: LambdaRequest = serde_json::from_value(payload).map_err(unknown)?;
    let mut adapter = Adapter::from(service_fn(|request| async { Ok::<_, Failure>(api.handle(request).await) }));
    let answer = adapter.call(LambdaEvent::new(request, context)).await?;
    serde_json::to_value(answer).map_err(|error| model::Error::internal(error).into())
}
