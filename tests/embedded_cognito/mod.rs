//! The embedded user pool, driven by the official client over HTTP on loopback.

mod lockout;
mod passwords;
mod sign_in;
mod sign_out;
mod tokens;

mod groups;
mod users;

mod durability;
mod protocol;

mod answers;
mod server;

use std::{
    error::Error,
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_sdk_cognitoidentityprovider::{
    Client,
    operation::initiate_auth::InitiateAuthOutput,
    types::{AuthFlowType, AuthenticationResultType, ChallengeNameType, MessageActionType, UserType},
};
use bytes::Bytes;
use http::{Request, StatusCode};
use local::cognito::UserPool;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use self::{
    answers::{attribute, attribute_types, refused},
    server::{client, new_pool_files, serve, settings},
};

type TestResult = Result<(), Box<dyn Error>>;

const START: i64 = 1_800_000_000;
const PASSWORD: &str = "correct horse";

/// A pool, its client and its clock.
struct World {
    dir: TempDir,
    clock: Arc<AtomicI64>,
    pool: Arc<UserPool>,
    client: Client,
    server: JoinHandle<()>,
}

impl World {
    async fn new() -> Result<Self, Box<dyn Error>> {
        let dir = tempfile::tempdir()?;
        for (name, bytes) in new_pool_files() {
            fs::write(dir.path().join(name), bytes)?;
        }
        Self::open(dir, Arc::new(AtomicI64::new(START * 1_000))).await
    }

    async fn open(dir: TempDir, clock: Arc<AtomicI64>) -> Result<Self, Box<dyn Error>> {
        let pool = UserPool::open(dir.path(), settings(&clock))?;
        let (url, server) = serve(Arc::clone(&pool)).await?;
        Ok(Self { dir, clock, pool, client: client(&url), server })
    }

    async fn restart(self) -> Result<Self, Box<dyn Error>> {
        self.server.abort();
        drop((self.client, self.pool));
        Self::open(self.dir, self.clock).await
    }

    fn pass_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Adds a user who has chosen a password already, and returns the `sub`.
    async fn add_user(&self, username: &str) -> Result<String, Box<dyn Error>> {
        let user = self.create_user(username, &[]).await?;
        self.set_password(username, PASSWORD, true).await?;
        Ok(attribute(user.attributes(), "sub").expect("every user has a sub").to_owned())
    }

    async fn create_user(&self, username: &str, attributes: &[(&str, &str)]) -> Result<UserType, Box<dyn Error>> {
        let output = self
            .client
            .admin_create_user()
            .user_pool_id(self.pool.pool_id())
            .username(username)
            .temporary_password("temporary")
            .message_action(MessageActionType::Suppress)
            .set_user_attributes(Some(attribute_types(attributes)?))
            .send()
            .await
            .map_err(refused)?;
        Ok(output.user.expect("the answer has the user"))
    }

    async fn update_user(&self, username: &str, attributes: &[(&str, &str)]) -> TestResult {
        self.client
            .admin_update_user_attributes()
            .user_pool_id(self.pool.pool_id())
            .username(username)
            .set_user_attributes(Some(attribute_types(attributes)?))
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    async fn set_password(&self, username: &str, password: &str, permanent: bool) -> TestResult {
        self.client
            .admin_set_user_password()
            .user_pool_id(self.pool.pool_id())
            .username(username)
            .password(password)
            .permanent(permanent)
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    async fn try_sign_in(&self, name: &str, password: &str) -> Result<InitiateAuthOutput, String> {
        self.client
            .initiate_auth()
            .client_id(self.pool.client_id())
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", name)
            .auth_parameters("PASSWORD", password)
            .send()
            .await
            .map_err(refused)
    }

    async fn sign_in(&self, name: &str, password: &str) -> Result<AuthenticationResultType, String> {
        let output = self.try_sign_in(name, password).await?;
        output.authentication_result.ok_or_else(|| format!("challenged: {:?}", output.challenge_name))
    }

    /// Signs in with a temporary password, and returns the session of the challenge.
    async fn challenged(&self, name: &str, password: &str) -> Result<String, Box<dyn Error>> {
        let output = self.try_sign_in(name, password).await?;
        assert_eq!(output.challenge_name, Some(ChallengeNameType::NewPasswordRequired));
        assert!(output.authentication_result.is_none());
        Ok(output.session.expect("a challenge has a session"))
    }

    async fn respond(
        &self,
        session: &str,
        name: &str,
        new_password: &str,
        others: &[(&str, &str)],
    ) -> Result<AuthenticationResultType, String> {
        let mut request = self
            .client
            .respond_to_auth_challenge()
            .client_id(self.pool.client_id())
            .challenge_name(ChallengeNameType::NewPasswordRequired)
            .session(session)
            .challenge_responses("USERNAME", name)
            .challenge_responses("NEW_PASSWORD", new_password);
        for (name, value) in others {
            request = request.challenge_responses(*name, *value);
        }
        let output = request.send().await.map_err(refused)?;
        Ok(output.authentication_result.expect("no challenge follows this one"))
    }

    async fn refresh(&self, token: &str) -> Result<AuthenticationResultType, String> {
        let request = self
            .client
            .initiate_auth()
            .client_id(self.pool.client_id())
            .auth_flow(AuthFlowType::RefreshTokenAuth)
            .auth_parameters("REFRESH_TOKEN", token);
        let output = request.send().await.map_err(refused)?;
        Ok(output.authentication_result.expect("a refresh sets no challenge"))
    }

    /// The username that an access token stands for.
    async fn whoami(&self, access_token: &str) -> Result<String, String> {
        Ok(self.client.get_user().access_token(access_token).send().await.map_err(refused)?.username)
    }

    async fn change_password(&self, access_token: &str, old: &str, new: &str) -> Result<(), String> {
        let request =
            self.client.change_password().access_token(access_token).previous_password(old).proposed_password(new);
        request.send().await.map(drop).map_err(refused)
    }

    async fn add_to_group(&self, username: &str, group: &str) -> Result<(), String> {
        let request = self.client.admin_add_user_to_group().user_pool_id(self.pool.pool_id());
        request.username(username).group_name(group).send().await.map(drop).map_err(refused)
    }

    async fn list_users(&self, filter: &str) -> Result<Vec<String>, String> {
        let request = self.client.list_users().user_pool_id(self.pool.pool_id()).filter(filter);
        let output = request.send().await.map_err(refused)?;
        Ok(output.users().iter().filter_map(|user| user.username.clone()).collect())
    }

    /// Sends bytes as they are, past the client.
    async fn post(&self, operation: &str, body: &str) -> Result<(StatusCode, String, Value), Box<dyn Error>> {
        let request = Request::post("/")
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{operation}"))
            .body(Bytes::from(body.to_owned()))?;
        let response = self.pool.handle(request).await;
        let kind = response.headers().get("x-amzn-errortype").map(|v| v.to_str().map(str::to_owned)).transpose()?;
        Ok((response.status(), kind.unwrap_or_default(), serde_json::from_slice(response.body())?))
    }

    async fn published(&self, document: &str) -> Result<Value, Box<dyn Error>> {
        let path = format!("/{}/.well-known/{document}", self.pool.pool_id());
        let response = self.pool.handle(Request::get(path).body(Bytes::new())?).await;
        assert_eq!(response.status(), StatusCode::OK);
        Ok(serde_json::from_slice(response.body())?)
    }
}
