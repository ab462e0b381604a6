//! The HTTP door: whole documents, by the GraphQL-over-HTTP specification (working draft of 2025).

use std::error::Error as StdError;

use async_graphql::{IntrospectionMode, Request as GraphqlRequest, Response as GraphqlResponse, Variables};
use async_graphql_parser::types::OperationType;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use lambda_http::{Body, Request, RequestExt};
use model::{Error, NodeId, access::Requester};
use serde_json::{Value, json};

use crate::{
    MAX_ANSWER_BYTES, MAX_BODY_BYTES, Schema, Services, calls,
    context::Caller,
    document::{Inspector, root_ids},
    guard::OpenIntrospection,
    identity,
    loaders::{RecordLoader, keeping_record_loader, record_loader},
    nullable::EXECUTED,
    panic::caught,
    token::Verifier,
};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json; charset=utf-8";

/// The API behind its HTTP door.
#[derive(Clone)]
pub struct Api {
    pub(crate) schema: Schema,
    pub(crate) inspector: Inspector,
    pub(crate) services: Services,
    verifier: Verifier,
    open_introspection: bool,
}

/// How a caller shows who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// By a token of the user pool, or not at all.
    Token,
    /// By a signature of AWS, which was checked before.
    Signature,
}

/// What a refused request is answered with.
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Why, where that is a fault of ours: for the log.
    reason: Option<Box<dyn StdError + Send + Sync>>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: &str) -> Self {
        Self { status, code: "BAD_REQUEST", message: message.to_owned(), reason: None }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::Forbidden => StatusCode::FORBIDDEN,
            Error::BadRequest(_) | Error::Input(_) => StatusCode::BAD_REQUEST,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let (code, message) = (error.code(), error.to_string());
        let reason = match error {
            Error::Unavailable(reason) | Error::Internal(reason) => Some(reason),
            Error::Unauthenticated | Error::Forbidden | Error::BadRequest(_) | Error::Input(_) => None,
        };
        Self { status, code, message, reason }
    }
}

impl Api {
    /// The API over some services, for callers whose tokens `verifier` takes.
    #[must_use]
    pub fn new(services: Services, verifier: Verifier) -> Self {
        let schema = crate::schema(Some(services.clone()));
        let inspector = Inspector::new(&schema.sdl());
        Self { schema, inspector, services, verifier, open_introspection: false }
    }

    /// Shows the schema to callers without a session too, for those who develop clients.
    #[must_use]
    pub fn with_open_introspection(self) -> Self {
        Self { open_introspection: true, ..self }
    }

    /// Answers one HTTP request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        self.handle_from(request, Authentication::Token).await
    }

    /// Answers one HTTP request by a service that signed it with a key of AWS. Whoever hands it on has checked the
    /// signature, as AppSync does.
    pub async fn handle_signed(&self, request: Request) -> Response<Body> {
        self.handle_from(request, Authentication::Signature).await
    }

    async fn handle_from(&self, request: Request, authentication: Authentication) -> Response<Body> {
        let request_id = request_id(&request, &self.services);
        let mut response = if let Some(content_type) = accepted(request.headers()) {
            // Boxed, because what executes a document is large to carry about.
            let answering = caught(Box::pin(self.answer(request, authentication, &request_id, content_type)));
            let (answered, made) = store::measured(answering).await;
            calls::log(Some(&request_id), &made);
            match answered {
                Ok(Ok(response)) => response,
                Ok(Err(refusal)) => refused(&refusal, content_type, &request_id),
                Err(panicked) => refused(&panicked.into(), content_type, &request_id),
            }
        } else {
            let message = "Answers come as application/graphql-response+json.";
            refused(&Refusal::new(StatusCode::NOT_ACCEPTABLE, message), JSON, &request_id)
        };
        if let Ok(request_id) = HeaderValue::try_from(request_id) {
            response.headers_mut().insert(REQUEST_ID, request_id);
        }
        response
    }

    async fn answer(
        &self,
        request: Request,
        authentication: Authentication,
        request_id: &str,
        content_type: &'static str,
    ) -> Result<Response<Body>, Refusal> {
        let mut graphql = parse(&request)?;
        let measured = match self.inspector.check(&mut graphql) {
            Ok(measured) => measured,
            Err(error) => {
                return respond(GraphqlResponse::from_errors(vec![error]), content_type, OperationType::Query);
            }
        };
        if request.method() == Method::GET && measured.operation != OperationType::Query {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "GET is for queries; use POST."));
        }
        let (loader, named) = match measured.operation {
            OperationType::Query => (keeping_record_loader(self.services.store.clone()), root_ids(&mut graphql)),
            OperationType::Mutation | OperationType::Subscription => {
                (record_loader(self.services.store.clone()), Vec::new())
            }
        };
        let caller = self.identify(&request, authentication, request_id, &loader, &named).await?;
        let mut graphql = graphql.data(loader);
        if self.open_introspection {
            graphql = graphql.data(OpenIntrospection);
        } else if caller.requester == Requester::Anonymous {
            graphql.introspection_mode = IntrospectionMode::Disabled;
        }
        respond(self.schema.execute(graphql.data(caller)).await, content_type, measured.operation)
    }

    /// Says who is calling. A token that is presented must be good.
    pub(crate) async fn identify(
        &self,
        request: &Request,
        authentication: Authentication,
        request_id: &str,
        loader: &RecordLoader,
        named: &[NodeId],
    ) -> Result<Caller, Error> {
        let mut caller = identity::nobody(&self.services, host_of(request.headers()), Some(request_id.to_owned()));
        if authentication == Authentication::Signature {
            caller.requester = Requester::Service;
            return Ok(caller);
        }
        if let Some(value) = request.headers().get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
            let claims = self.verifier.verify(token).await?;
            identity::sign_in(&mut caller, loader, &claims, Some(token.to_owned()), named).await?;
        }
        Ok(caller)
    }
}

/// The request of GraphQL in one of HTTP.
pub(crate) fn parse(request: &Request) -> Result<GraphqlRequest, Refusal> {
    match *request.method() {
        Method::POST => parse_post(request),
        Method::GET => parse_get(request),
        _ => Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Use POST, or GET for queries.")),
    }
}

fn parse_post(request: &Request) -> Result<GraphqlRequest, Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(is_json) {
        let message = "Send application/json, in UTF-8.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let body: &[u8] = request.body().as_ref();
    if body.len() > MAX_BODY_BYTES {
        let message = format!("The request is larger than {MAX_BODY_BYTES} bytes.");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, &message));
    }
    let value =
        serde_json::from_slice(body).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "The body is not JSON."))?;
    let Value::Object(mut fields) = value else {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "The body must be one JSON object; batches are not taken."));
    };
    from_fields(
        fields.remove("query").unwrap_or_default(),
        fields.remove("operationName").unwrap_or_default(),
        fields.remove("variables").unwrap_or_default(),
        &fields.remove("extensions").unwrap_or_default(),
    )
}

fn parse_get(request: &Request) -> Result<GraphqlRequest, Refusal> {
    let parameters = request.query_string_parameters();
    let bytes: usize = parameters.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > MAX_BODY_BYTES {
        let message = format!("The parameters are larger than {MAX_BODY_BYTES} bytes.");
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, &message));
    }
    let text = |name: &str| parameters.first(name).map_or(Value::Null, |text| Value::String(text.to_owned()));
    let json = |name: &str| match parameters.first(name) {
        None | Some("") => Ok(Value::Null),
        Some(text) => serde_json::from_str(text)
            .map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, &format!("`{name}` is not JSON."))),
    };
    let operation_name = match text("operationName") {
        Value::String(name) if name.is_empty() => Value::Null,
        other => other,
    };
    from_fields(text("query"), operation_name, json("variables")?, &json("extensions")?)
}

fn from_fields(
    query: Value,
    operation_name: Value,
    variables: Value,
    extensions: &Value,
) -> Result<GraphqlRequest, Refusal> {
    let wrong = |message: &str| Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    let Value::String(query) = query else { return wrong("`query` must be a text.") };
    let mut graphql = GraphqlRequest::new(query);
    match operation_name {
        Value::Null => {}
        Value::String(name) => graphql = graphql.operation_name(name),
        _ => return wrong("`operationName` must be a text."),
    }
    match variables {
        Value::Null => {}
        Value::Object(_) => graphql = graphql.variables(Variables::from_json(variables)),
        _ => return wrong("`variables` must be an object."),
    }
    if !matches!(extensions, Value::Null | Value::Object(_)) {
        return wrong("`extensions` must be an object.");
    }
    Ok(graphql)
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    let utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    json && parts.all(utf8)
}

/// The media type of the answer; none where the client takes neither.
fn accepted(headers: &HeaderMap) -> Option<&'static str> {
    let accept: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    let takes = |wanted: &[&str]| {
        accept.iter().any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let range = parts.next().unwrap_or_default();
            wanted.iter().any(|wanted| range.eq_ignore_ascii_case(wanted)) && !parts.any(refuses)
        })
    };
    if takes(&["application/graphql-response+json"]) {
        Some(GRAPHQL_RESPONSE)
    } else if accept.is_empty() || takes(&["application/json", "application/*", "*/*"]) {
        Some(JSON)
    } else {
        None
    }
}

/// A weight of zero says "not this one" (RFC 9110, section 12.4.2).
fn refuses(parameter: &str) -> bool {
    let weight = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.is_some_and(|(_, weight)| weight.trim().parse().is_ok_and(|weight: f32| weight <= 0.0))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The host by which the caller came, without port.
fn host_of(headers: &HeaderMap) -> &str {
    identity::without_port(headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost"))
}

/// The id that Lambda gave the invocation.
pub(crate) fn request_id(request: &Request, services: &Services) -> String {
    let given = request.lambda_context_ref().map(|context| context.request_id.clone()).filter(|id| !id.is_empty());
    given.unwrap_or_else(|| services.new_ulid((services.clock)()).to_string())
}

/// By the specification, a document that could not be executed has no `data`; its status is 400 in the new media type.
fn respond(
    mut response: GraphqlResponse,
    content_type: &'static str,
    operation: OperationType,
) -> Result<Response<Body>, Refusal> {
    let executed = response.extensions.remove(EXECUTED).is_some();
    let status = if executed || content_type == JSON { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let body = body_of(&response, executed).map_err(Error::internal)?;
    let body = if body.len() > MAX_ANSWER_BYTES { too_large(operation) } else { body };
    Ok(build(status, content_type, body))
}

/// The answer as JSON, without `data` where nothing was executed.
pub(crate) fn body_of(response: &GraphqlResponse, executed: bool) -> serde_json::Result<String> {
    let mut body = serde_json::to_value(response)?;
    if let Value::Object(fields) = &mut body {
        if !executed {
            fields.remove("data");
        }
        // Our own errors have a code; the library's are about the request, such as a value of the wrong form.
        for error in fields.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
            if error["extensions"]["code"].is_null() {
                error["extensions"]["code"] = json!("BAD_REQUEST");
            }
        }
    }
    Ok(body.to_string())
}

/// Stands for an answer that is too large. By the specification its status is 200 in both media types: the document was
/// executed, so there is `data`, though it is null. A status of refusal would say of a mutation that it did nothing.
fn too_large(operation: OperationType) -> String {
    let mut message = "The answer is larger than 1 MB. Ask for less at once.".to_owned();
    if operation == OperationType::Mutation {
        message.push_str(" What the mutation did is done.");
    }
    json!({ "data": null, "errors": [{ "message": message, "extensions": { "code": "RESPONSE_TOO_LARGE" } }] })
        .to_string()
}

/// Faults are logged with their reason; the client gets a fixed text and the id of the request.
pub(crate) fn refused(refusal: &Refusal, content_type: &'static str, request_id: &str) -> Response<Body> {
    let mut extensions = json!({ "code": refusal.code });
    if let Some(reason) = &refusal.reason {
        tracing::error!(request.id = request_id, code = refusal.code, %reason, "request failed at the door");
        extensions["requestId"] = json!(request_id);
    }
    let body = json!({ "errors": [{ "message": refusal.message, "extensions": extensions }] });
    build(refusal.status, content_type, body.to_string())
}

fn build(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::VARY, "Accept, Authorization");
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response = response.header(header::ALLOW, "GET, POST");
    }
    if status == StatusCode::UNAUTHORIZED {
        response = response.header(header::WWW_AUTHENTICATE, "Bearer");
    }
    response.body(Body::Text(body)).expect("status and headers are valid")
}
