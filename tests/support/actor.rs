//! People who use the API, and what they do in nearly every story.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use processor::testing::{ExifFields, jpeg_with_exif};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Home;

/// How long the processor may take before a test gives up; it is awaited by its outcome.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(20);

/// Somebody who calls the API: with a session, or without.
#[derive(Clone)]
pub(crate) struct Actor {
    http: reqwest::Client,
    url: String,
    pub(crate) session: Option<Value>,
}

impl Actor {
    pub(crate) fn new(home: &Home, session: Option<Value>) -> Self {
        Self { http: home.http.clone(), url: home.url("/graphql"), session }
    }

    /// Somebody without a session, at an address where no [`Home`] of this process answers.
    pub(crate) fn at(http: reqwest::Client, url: String) -> Self {
        Self { http, url, session: None }
    }

    /// Sends a document and gives the whole answer.
    pub(crate) async fn asks(&self, document: &str, variables: Value) -> Value {
        self.posts(document, variables).await.json().await.expect("JSON")
    }

    /// Sends a document and gives the answer as it comes over HTTP.
    pub(crate) async fn posts(&self, document: &str, variables: Value) -> reqwest::Response {
        let body = json!({ "query": document, "variables": variables });
        let mut request = self.http.post(&self.url).json(&body);
        if let Some(token) = self.access_token() {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("an answer")
    }

    /// Sends a document that must succeed, and gives its data.
    pub(crate) async fn gets(&self, document: &str, variables: Value) -> Value {
        let mut answer = self.asks(document, variables).await;
        assert_eq!(answer.get("errors"), None, "{document}: {answer:#}");
        answer["data"].take()
    }

    /// Calls a mutation that must succeed, and gives its payload.
    ///
    /// `call` is for example `createGallery(input: $input) { gallery { id } }`, `input` the variable of type `type_name`.
    pub(crate) async fn does(&self, call: &str, type_name: &str, input: Value) -> Value {
        let mut data = self.gets(&mutation(call, type_name), json!({ "input": input })).await;
        let payload = first_field(&mut data);
        assert_eq!(payload["userErrors"], json!([]), "{call}: {payload:#}");
        payload
    }

    /// Calls a mutation and gives the codes of its user errors.
    pub(crate) async fn mistakes(&self, call: &str, type_name: &str, input: Value) -> Vec<String> {
        let mut data = self.gets(&mutation(call, type_name), json!({ "input": input })).await;
        let payload = first_field(&mut data);
        let errors = payload["userErrors"].as_array().expect("the mutation selects userErrors").iter();
        errors.map(|error| error["code"].as_str().expect("a code").to_owned()).collect()
    }

    /// Calls a mutation and gives the codes of its GraphQL errors.
    pub(crate) async fn refusals(&self, call: &str, type_name: &str, input: Value) -> Vec<String> {
        error_codes(&self.asks(&mutation(call, type_name), json!({ "input": input })).await)
    }

    /// The same, but not signed in.
    pub(crate) fn without_session(&self) -> Self {
        Self { session: None, ..self.clone() }
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The address of the API.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn access_token(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session["accessToken"].as_str().expect("an access token"))
    }

    pub(crate) fn refresh_token(&self) -> &str {
        self.session.as_ref().and_then(|session| session["refreshToken"].as_str()).expect("a session")
    }

    /// Signs in with one of the accounts that the page offers.
    pub(crate) async fn signed_in_by_option(&self, label: &str, password: &str) -> Self {
        let data = self.gets("{ signInOptions { id label } }", json!({})).await;
        let options = data["signInOptions"].as_array().expect("a list");
        let option = options.iter().find(|option| option["label"] == label).expect("the account is offered");
        let input = json!({ "optionId": option["id"], "password": password });
        let payload = self
            .does(&format!("signIn(input: $input) {{ {SESSION} userErrors {{ code }} }}"), "SignInInput", input)
            .await;
        Self { session: Some(payload["session"].clone()), ..self.clone() }
    }

    /// Signs in with a first password, and chooses another.
    pub(crate) async fn signed_in_for_the_first_time(&self, email: &str, first: &str, chosen: &str) -> Self {
        let call = "signIn(input: $input) { challenge userErrors { code } }";
        let payload = self.does(call, "SignInInput", json!({ "email": email, "password": first })).await;
        let call = format!("completeSignIn(input: $input) {{ {SESSION} userErrors {{ code }} }}");
        let input = json!({ "challenge": payload["challenge"], "newPassword": chosen });
        let payload = self.does(&call, "CompleteSignInInput", input).await;
        Self { session: Some(payload["session"].clone()), ..self.clone() }
    }

    /// Invites a person and gives the first password.
    pub(crate) async fn invites(&self, email: &str, name: &str, role: &str) -> String {
        let call = "inviteUser(input: $input) { temporaryPassword userErrors { code message } }";
        let input = json!({ "email": email, "displayName": name, "role": role });
        let payload = self.does(call, "InviteUserInput", input).await;
        payload["temporaryPassword"].as_str().expect("a password").to_owned()
    }

    /// The caller's own id.
    pub(crate) async fn id(&self) -> String {
        let data = self.gets("{ viewer { id } }", json!({})).await;
        data["viewer"]["id"].as_str().expect("an id").to_owned()
    }

    /// Makes a gallery and gives its id.
    pub(crate) async fn makes_gallery(&self, title: &str, visibility: &str) -> String {
        let call = "createGallery(input: $input) { gallery { id } userErrors { code } }";
        let input = json!({ "title": title, "visibility": visibility });
        let payload = self.does(call, "CreateGalleryInput", input).await;
        payload["gallery"]["id"].as_str().expect("an id").to_owned()
    }

    /// Makes a share link for a gallery, as `rest` of the input says, and gives its id and address.
    pub(crate) async fn shares(&self, gallery: &str, rest: Value) -> Value {
        let call = "createShareLink(input: $input) { shareLink { id url } userErrors { code } }";
        let mut input = rest;
        input["galleryId"] = json!(gallery);
        self.does(call, "CreateShareLinkInput", input).await["shareLink"].take()
    }

    /// Puts a person on the access list of a gallery; `null` takes them off.
    pub(crate) async fn grants(&self, gallery: &str, user: &str, level: Value) {
        let call = "setGalleryAccess(input: $input) { gallery { id } userErrors { code } }";
        let input = json!({ "galleryId": gallery, "userId": user, "level": level });
        self.does(call, "SetGalleryAccessInput", input).await;
    }

    /// Announces a file and gives the payload of `requestUpload`.
    pub(crate) async fn requests_upload(&self, gallery: &str, name: &str, content_type: &str, bytes: &[u8]) -> Value {
        self.does(REQUEST_UPLOAD, "RequestUploadInput", upload_input(gallery, name, content_type, bytes)).await
    }

    /// Sends one part of a ticket, exactly as it says.
    pub(crate) async fn sends_part(&self, part: &Value, bytes: &[u8]) -> StatusCode {
        let range =
            |name: &str| part[name].as_f64().map(|value| format!("{value}").parse::<usize>()).expect("a number");
        let (offset, length) = (range("offset").expect("whole"), range("length").expect("whole"));
        let mut request =
            self.http.put(part["url"].as_str().expect("a url")).body(bytes[offset..offset + length].to_vec());
        for header in part["headers"].as_array().expect("headers") {
            request = request.header(header["name"].as_str().expect("name"), header["value"].as_str().expect("value"));
        }
        request.send().await.expect("an answer").status()
    }

    /// Uploads a file and gives its id, once it is finished but perhaps not processed.
    pub(crate) async fn uploads(&self, gallery: &str, name: &str, content_type: &str, bytes: &[u8]) -> String {
        let payload = self.requests_upload(gallery, name, content_type, bytes).await;
        let ticket = &payload["ticket"];
        for part in ticket["parts"].as_array().expect("a ticket") {
            assert_eq!(self.sends_part(part, bytes).await, StatusCode::OK);
        }
        let call = "finishUpload(input: $input) { media { id status } userErrors { code message } }";
        let payload = self.does(call, "FinishUploadInput", json!({ "mediaId": ticket["mediaId"] })).await;
        payload["media"]["id"].as_str().expect("an id").to_owned()
    }

    /// Uploads a file and waits until the processor is done with it.
    pub(crate) async fn adds(&self, gallery: &str, name: &str, content_type: &str, bytes: &[u8]) -> Value {
        let id = self.uploads(gallery, name, content_type, bytes).await;
        self.sees_processed(&id).await
    }

    /// Waits until the processor is done with a photo or video, and gives it.
    pub(crate) async fn sees_processed(&self, id: &str) -> Value {
        let wait = async {
            loop {
                let data = self
                    .gets(&format!("query($id: ID!) {{ media(id: $id) {{ {MEDIA} }} }}"), json!({ "id": id }))
                    .await;
                match data["media"]["status"].as_str().expect("the media is there") {
                    "UPLOADING" | "PROCESSING" => tokio::time::sleep(POLL).await,
                    _ => return data["media"].clone(),
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the processor is done in time")
    }

    /// Fetches the bytes behind a signed address.
    pub(crate) async fn fetches(&self, rendition: &Value) -> Vec<u8> {
        let answer = self.http.get(rendition["url"].as_str().expect("a url")).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.expect("the bytes").to_vec()
    }

    /// Says something about a photo or video and gives the id of the comment.
    pub(crate) async fn comments(&self, media: &str, text: &str) -> String {
        let call = "addComment(input: $input) { comment { id } userErrors { code } }";
        let payload = self.does(call, "AddCommentInput", json!({ "mediaId": media, "text": text })).await;
        payload["comment"]["id"].as_str().expect("an id").to_owned()
    }

    /// Sends a document and gives status and text of the answer, just as they come.
    pub(crate) async fn hears(&self, document: &str, variables: Value) -> (StatusCode, String) {
        let answer = self.posts(document, variables).await;
        (answer.status(), answer.text().await.expect("a text"))
    }

    /// Waits until the data hold `expected` at a JSON pointer (RFC 6901).
    pub(crate) async fn sees(&self, document: &str, variables: Value, pointer: &str, expected: Value) {
        let mut last = Value::Null;
        let wait = async {
            loop {
                last = self.gets(document, variables.clone()).await;
                if last.pointer(pointer) == Some(&expected) {
                    return;
                }
                tokio::time::sleep(POLL).await;
            }
        };
        let seen = tokio::time::timeout(PATIENCE, wait).await;
        assert!(seen.is_ok(), "{document} never gave {expected} at {pointer}, but {last:#}");
    }

    /// Adds a small photo that says when it was taken, such as `2024:07:03 15:04:05`, and gives its id.
    pub(crate) async fn adds_photo(&self, gallery: &str, taken: &str) -> String {
        let media = self.adds(gallery, "photo.jpg", "image/jpeg", &photo(taken)).await;
        assert_eq!(media["status"], "READY", "{media:#}");
        media["id"].as_str().expect("an id").to_owned()
    }

    /// Gets a new session for its refresh token.
    pub(crate) async fn refreshed(&self) -> Self {
        let call = format!("refreshSession(input: $input) {{ {SESSION} userErrors {{ code }} }}");
        let anonymous = Self { session: None, ..self.clone() };
        let payload =
            anonymous.does(&call, "RefreshSessionInput", json!({ "refreshToken": self.refresh_token() })).await;
        Self { session: Some(payload["session"].clone()), ..anonymous }
    }
}

/// A name that is well formed, and that nothing has.
pub(crate) const NO_ULID: &str = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

/// A small photo that says when it was taken, such as `2024:07:03 15:04:05`. Another time makes another file.
pub(crate) fn photo(taken: &str) -> Vec<u8> {
    let fields = ExifFields { taken: Some(taken.to_owned()), ..ExifFields::default() };
    jpeg_with_exif(30, 20, 1, &fields)
}

pub(crate) const SESSION: &str = "session { accessToken idToken refreshToken expiresAt role } challenge";
pub(crate) const REQUEST_UPLOAD: &str = "requestUpload(input: $input) { \
    ticket { mediaId expiresAt partCount parts { partNumber method url headers { name value } offset length } } \
    duplicateOf { id } userErrors { code message path } }";
const MEDIA: &str = "__typename id status failureReason caption takenAt takenAtOffsetMinutes width height contentType \
    sizeBytes fileName thumbhash dominantColor location { latitude longitude altitude } \
    thumbnail { url width height contentType sizeBytes } preview { url width height } original { url } \
    ... on Photo { exif { cameraMake cameraModel lens focalLengthMm fNumber exposureTime iso orientation software } }";

pub(crate) const FINISH_UPLOAD: &str =
    "finishUpload(input: $input) { media { id status caption takenAt } userErrors { code message path } }";
pub(crate) const CANCEL_UPLOAD: &str = "cancelUpload(input: $input) { deletedId userErrors { code message path } }";
pub(crate) const UPDATE_MEDIA: &str =
    "updateMedia(input: $input) { media { id status width height takenAt } userErrors { code message path } }";

/// The input of `requestUpload` for a file.
pub(crate) fn upload_input(gallery: &str, name: &str, content_type: &str, bytes: &[u8]) -> Value {
    json!({
        "galleryId": gallery,
        "fileName": name,
        "contentType": content_type,
        "sizeBytes": bytes.len(),
        "sha256": BASE64_STANDARD.encode(Sha256::digest(bytes)),
    })
}

/// Waits until something is so; for what follows an answer rather than comes with it.
pub(crate) async fn until(is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it becomes so in time");
}

/// The codes of the GraphQL errors of an answer.
pub(crate) fn error_codes(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("none").to_owned()).collect()
}

fn mutation(call: &str, type_name: &str) -> String {
    format!("mutation($input: {type_name}!) {{ {call} }}")
}

fn first_field(data: &mut Value) -> Value {
    let fields = data.as_object_mut().expect("data");
    fields.values_mut().next().map(Value::take).expect("one field")
}
