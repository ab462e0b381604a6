//! The HTTP door: whole documents, by the GraphQL-over-HTTP specification (working draft of 2025).

use async_graphql::{IntrospectionMode, Request as GraphqlRequest, Response as GraphqlResponse, Variables};
use async_graphql_parser::{parse_query, types::OperationType};
use http::{HeaderMap, Method, Response, StatusCode, header};
use lambda_http::{Body, Request, RequestExt};
use model::{Error, User, UserId, access::Requester};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{
    Schema, Services,
    audit::Notes,
    context::Caller,
    loaders::record_loader,
    nullable::EXECUTED,
    token::{Claims, Verifier},
};

/// The largest body that is read.
const MAX_BODY_BYTES: usize = 100 * 1024;
const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json; charset=utf-8";

/// The API behind its HTTP door.
#[derive(Clone)]
pub struct Api {
    schema: Schema,
    services: Services,
    verifier: Verifier,
}

/// What a refused request is answered with.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, message: &str) -> Self {
        Self { status, code: "BAD_REQUEST", message: message.to_owned() }
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
        if let Error::Unavailable(reason) | Error::Internal(reason) = &error {
            tracing::error!(code = error.code(), %reason, "request failed at the door");
        }
        Self { status, code: error.code(), message: error.to_string() }
    }
}

impl Api {
    /// The API over some services, for callers whose tokens `verifier` takes.
    #[must_use]
    pub fn new(services: Services, verifier: Verifier) -> Self {
        Self { schema: crate::schema(Some(services.clone())), services, verifier }
    }

    /// Answers one HTTP request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let Some(content_type) = accepted(request.headers()) else {
            let refusal =
                Refusal::new(StatusCode::NOT_ACCEPTABLE, "Answers come as application/graphql-response+json.");
            return refused(&refusal, JSON);
        };
        match self.answer(request).await {
            Ok(response) => respond(response, content_type),
            Err(refusal) => refused(&refusal, content_type),
        }
    }

    async fn answer(&self, request: Request) -> Result<GraphqlResponse, Refusal> {
        let graphql = parse(&request)?;
        let caller = self.identify(&request).await?;
        let mut graphql = graphql.data(record_loader(self.services.store.clone()));
        if caller.requester == Requester::Anonymous {
            graphql.introspection_mode = IntrospectionMode::Disabled;
        }
        Ok(self.schema.execute(graphql.data(caller)).await)
    }

    /// Says who is calling. A token that is presented must be good.
    async fn identify(&self, request: &Request) -> Result<Caller, Error> {
        let now = (self.services.clock)();
        let mut caller = Caller {
            requester: Requester::Anonymous,
            user: None,
            access_token: None,
            host: host_of(request.headers()),
            now,
            request_id: request_id(request, &self.services, now),
            presigner: OnceCell::new(),
            notes: Notes::default(),
        };
        if let Some(value) = request.headers().get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
            let claims = self.verifier.verify(token).await?;
            let user = self.person(&claims).await?;
            let role = claims.role().ok_or(Error::Unauthenticated)?;
            caller.requester = Requester::Person { id: user.id, role: user.role.lesser(role) };
            caller.user = Some(user);
            caller.access_token = Some(token.to_owned());
        }
        Ok(caller)
    }

    /// The record behind a token. It overrules the token: a closed account or an ended session counts at once.
    async fn person(&self, claims: &Claims) -> Result<User, Error> {
        let id = UserId::from_sub(&claims.sub).map_err(|_| Error::Unauthenticated)?;
        let user = self.services.store.get_user(id).await?.ok_or(Error::Unauthenticated)?;
        let ended = user.tokens_valid_from.is_some_and(|from| claims.iat.saturating_mul(1_000) < from.unix_millis());
        if user.disabled || ended { Err(Error::Unauthenticated) } else { Ok(user) }
    }
}

fn parse(request: &Request) -> Result<GraphqlRequest, Refusal> {
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
    let graphql = from_fields(text("query"), operation_name, json("variables")?, &json("extensions")?)?;
    if let Ok(document) = parse_query(&graphql.query) {
        let chosen = document.operations.iter().filter(|(name, _)| {
            graphql.operation_name.as_deref().is_none_or(|wanted| name.is_some_and(|name| name == wanted))
        });
        if chosen.into_iter().any(|(_, operation)| operation.node.ty != OperationType::Query) {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "GET is for queries; use POST."));
        }
    }
    Ok(graphql)
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
fn host_of(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    let end = host.rfind(':').filter(|&colon| !host[colon..].contains(']')).unwrap_or(host.len());
    host[..end].to_owned()
}

fn request_id(request: &Request, services: &Services, now: model::Timestamp) -> String {
    match request.lambda_context_ref() {
        Some(context) if !context.request_id.is_empty() => context.request_id.clone(),
        _ => services.new_ulid(now).to_string(),
    }
}

/// By the specification, a document that could not be executed has no `data`; its status is 400 in the new media type.
fn respond(mut response: GraphqlResponse, content_type: &'static str) -> Response<Body> {
    let executed = response.extensions.remove(EXECUTED).is_some();
    let status = if executed || content_type == JSON { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let mut body = match serde_json::to_value(&response) {
        Ok(body) => body,
        Err(error) => return refused(&Error::internal(error).into(), content_type),
    };
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
    build(status, content_type, &body)
}

fn refused(refusal: &Refusal, content_type: &'static str) -> Response<Body> {
    let body = json!({ "errors": [{ "message": refusal.message, "extensions": { "code": refusal.code } }] });
    build(refusal.status, content_type, &body)
}

fn build(status: StatusCode, content_type: &'static str, body: &Value) -> Response<Body> {
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
    response.body(Body::Text(body.to_string())).expect("status and headers are valid")
}
