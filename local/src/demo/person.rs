//! Somebody who uses the API, from within this process.

use anyhow::Context;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, Request, StatusCode, Uri, header};
use http_body_util::BodyExt;
use model::Role;
use resolvers::{Api, Random};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::text;
use crate::{Options, System, s3};

const SIGN_IN_OPTIONS: &str = "{ signInOptions { id role } }";
const SIGN_IN: &str = "mutation($input: SignInInput!) {
    payload: signIn(input: $input) { session { accessToken } challenge userErrors { message } }
}";
const COMPLETE_SIGN_IN: &str = "mutation($input: CompleteSignInInput!) {
    payload: completeSignIn(input: $input) { session { accessToken } userErrors { message } }
}";
const VIEWER: &str = "{ viewer { id } }";
const GALLERIES: &str = "{ galleries(first: 1) { edges { cursor } } }";
const INVITE_USER: &str = "mutation($input: InviteUserInput!) {
    payload: inviteUser(input: $input) { temporaryPassword userErrors { message } }
}";
const REQUEST_UPLOAD: &str = "mutation($input: RequestUploadInput!) {
    payload: requestUpload(input: $input) {
        ticket { mediaId parts { method url headers { name value } offset length } }
        userErrors { message }
    }
}";
const FINISH_UPLOAD: &str = "mutation($input: FinishUploadInput!) {
    payload: finishUpload(input: $input) { media { id } userErrors { message } }
}";

/// Where the API and S3 are.
#[derive(Clone)]
pub(super) struct Office<'a> {
    api: &'a Api,
    s3: &'a s3::Service,
    random: &'a Random,
    /// What the API is called by. Its presigned URLs lead to the same host.
    host: String,
}

/// One request to S3, as the API signed it.
#[derive(Deserialize)]
struct Part {
    method: String,
    url: String,
    headers: Vec<Header>,
    offset: f64,
    length: f64,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

impl<'a> Office<'a> {
    pub(super) fn new(system: &'a System, options: &'a Options) -> Self {
        Self { api: &system.api, s3: &system.s3, random: &options.random, host: system.site.to_string() }
    }

    /// Signs in by the account that the sign-in page offers for a role.
    pub(super) async fn sign_in_by_option(&self, role: Role, password: &str) -> anyhow::Result<Person<'a>> {
        let answer = self.ask(None, SIGN_IN_OPTIONS, json!({})).await?;
        let role = match role {
            Role::Admin => "ADMIN",
            Role::Visitor => "VISITOR",
        };
        let mut options = answer["signInOptions"].as_array().into_iter().flatten();
        let option = options.find(|option| option["role"] == role).context("the account is not offered")?;
        let input = json!({ "optionId": option["id"], "password": password });
        let signed_in = self.change(None, SIGN_IN, input).await?;
        self.person(text(&signed_in, "/session/accessToken")?).await
    }

    /// Makes an account and signs in to it. Its password stays unknown: an admin can set another.
    pub(super) async fn invite(&self, admin: &Person<'a>, name: &str, email: &str) -> anyhow::Result<Person<'a>> {
        let input = json!({ "email": email, "displayName": name, "role": "VISITOR" });
        let invited = admin.change(INVITE_USER, input).await?;
        let input = json!({ "email": email, "password": text(&invited, "/temporaryPassword")? });
        let signed_in = self.change(None, SIGN_IN, input).await?;
        let mut password = [0; 16];
        (self.random)(&mut password);
        let input = json!({ "challenge": text(&signed_in, "/challenge")?, "newPassword": hex::encode(password) });
        let signed_in = self.change(None, COMPLETE_SIGN_IN, input).await?;
        self.person(text(&signed_in, "/session/accessToken")?).await
    }

    async fn person(&self, token: String) -> anyhow::Result<Person<'a>> {
        let answer = self.ask(Some(&token), VIEWER, json!({})).await?;
        Ok(Person { id: text(&answer, "/viewer/id")?, office: self.clone(), token })
    }

    /// Executes a document whose one field is called `payload`, and gives what that holds.
    async fn change(&self, token: Option<&str>, document: &str, input: Value) -> anyhow::Result<Value> {
        let mut answer = self.ask(token, document, json!({ "input": input })).await?;
        let payload = answer["payload"].take();
        let errors = payload["userErrors"].as_array().context("the answer has no payload")?;
        let messages: Vec<&str> = errors.iter().filter_map(|error| error["message"].as_str()).collect();
        anyhow::ensure!(errors.is_empty(), "the API refused: {}", messages.join(" "));
        Ok(payload)
    }

    /// Executes a document and gives its data.
    async fn ask(&self, token: Option<&str>, document: &str, variables: Value) -> anyhow::Result<Value> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let mut request = Request::post("/graphql")
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self.api.handle(request.body(lambda_http::Body::Text(body))?).await;
        let mut answer: Value = serde_json::from_slice(response.body()).context("the answer is not JSON")?;
        if let Some(errors) = answer.get("errors") {
            anyhow::bail!("the API answered {errors}");
        }
        Ok(answer["data"].take())
    }

    /// Sends one part of a file to S3.
    async fn send(&self, part: &Part, file: &[u8]) -> anyhow::Result<()> {
        let url: Uri = part.url.parse().context("the address of a part")?;
        let path = url.path_and_query().context("the address of a part has no path")?.as_str();
        let authority = url.authority().context("the address of a part has no host")?.as_str();
        let (start, length) = (whole(part.offset)?, whole(part.length)?);
        let bytes = file.get(start..start + length).context("a part reaches over the end of the file")?;
        let mut request =
            Request::builder().method(part.method.parse::<Method>()?).uri(path).header(header::HOST, authority);
        // It is signed too; elsewhere the HTTP client adds it.
        request = request.header(header::CONTENT_LENGTH, length);
        for header in &part.headers {
            request = request.header(&header.name, &header.value);
        }
        let response = self.s3.call(request.body(bytes.to_vec())?).await;
        let status = response.status();
        if status != StatusCode::OK {
            let body = response.into_body().collect().await.map_err(|error| anyhow::anyhow!("{error}"))?;
            anyhow::bail!("S3 answered {status}: {}", String::from_utf8_lossy(&body.to_bytes()));
        }
        Ok(())
    }
}

/// Somebody signed in.
pub(super) struct Person<'a> {
    /// The person's id.
    pub(super) id: String,
    office: Office<'a>,
    token: String,
}

impl Person<'_> {
    /// Executes a query and gives its data.
    pub(super) async fn ask(&self, document: &str, variables: Value) -> anyhow::Result<Value> {
        self.office.ask(Some(&self.token), document, variables).await
    }

    /// Executes a mutation whose one field is called `payload`, and gives what that holds.
    pub(super) async fn change(&self, document: &str, input: Value) -> anyhow::Result<Value> {
        self.office.change(Some(&self.token), document, input).await
    }

    pub(super) async fn has_galleries(&self) -> anyhow::Result<bool> {
        let answer = self.ask(GALLERIES, json!({})).await?;
        let edges = answer.pointer("/galleries/edges").and_then(Value::as_array).context("no galleries were told")?;
        Ok(!edges.is_empty())
    }

    /// Uploads a JPEG as any client does, and tells the photo's id.
    pub(super) async fn upload(
        &self,
        gallery: &str,
        file_name: &str,
        file: Vec<u8>,
        caption: Option<&str>,
    ) -> anyhow::Result<String> {
        let (file, hash) = tokio::task::spawn_blocking(move || {
            let hash = Sha256::digest(&file);
            (file, hash)
        })
        .await?;
        let input = json!({
            "galleryId": gallery,
            "fileName": file_name,
            "contentType": "image/jpeg",
            "sizeBytes": file.len(),
            "sha256": BASE64_STANDARD.encode(hash),
        });
        let requested = self.change(REQUEST_UPLOAD, input).await?;
        let media = text(&requested, "/ticket/mediaId")?;
        let parts = Vec::<Part>::deserialize(&requested["ticket"]["parts"]).context("the parts of the ticket")?;
        for part in &parts {
            self.office.send(part, &file).await?;
        }
        let input = json!({ "mediaId": media, "caption": caption });
        self.change(FINISH_UPLOAD, input).await.context("finishing the upload")?;
        Ok(media)
    }
}

/// A count of bytes, which GraphQL tells as a float.
fn whole(bytes: f64) -> anyhow::Result<usize> {
    format!("{bytes:.0}").parse().with_context(|| format!("{bytes} is no count of bytes"))
}
