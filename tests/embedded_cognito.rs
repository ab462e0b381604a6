//! The embedded user pool, driven by the official client over HTTP on loopback.

use local::cognito;

use std::{
    collections::HashSet,
    error::Error,
    ffi::OsString,
    fmt::Debug,
    fs,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_sdk_cognitoidentityprovider::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    error::ProvideErrorMetadata,
    operation::initiate_auth::InitiateAuthOutput,
    primitives::DateTime,
    types::{
        AttributeType, AuthFlowType, AuthenticationResultType, ChallengeNameType, MessageActionType, UserStatusType,
        UserType,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use cognito::{PasswordCost, Settings, UserPool, needs_signature};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use model::Timestamp;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

type TestResult = Result<(), Box<dyn Error>>;

const START: i64 = 1_800_000_000;
const PASSWORD: &str = "correct horse";
const INCORRECT: &str = "NotAuthorizedException: Incorrect username or password.";
const EXCEEDED: &str = "NotAuthorizedException: Password attempts exceeded";
const NO_SESSION: &str = "NotAuthorizedException: Invalid session for the user.";

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

/// The files of a pool just made. Its keys take seconds to make, so all tests begin with the same ones.
fn new_pool_files() -> &'static [(OsString, Vec<u8>)] {
    static FILES: OnceLock<Vec<(OsString, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let clock = Arc::new(AtomicI64::new(START * 1_000));
        drop(UserPool::open(dir.path(), settings(&clock)).expect("an empty folder becomes a pool"));
        let entries = fs::read_dir(dir.path()).expect("the folder can be read");
        let paths = entries.map(|entry| entry.expect("the folder can be read"));
        paths.map(|e| (e.file_name(), fs::read(e.path()).expect("its files can be read"))).collect()
    })
}

fn settings(clock: &Arc<AtomicI64>) -> Settings {
    let clock = Arc::clone(clock);
    let clock = Arc::new(move || Timestamp::from_unix_millis(clock.load(Ordering::SeqCst)));
    let cheap = PasswordCost { memory_kib: 8, iterations: 1, parallelism: 1 };
    Settings { password_cost: cheap, ..Settings::new("eu-central-1", "family", "http://127.0.0.1:9002/", clock) }
}

async fn serve(pool: Arc<UserPool>) -> Result<(String, JoinHandle<()>), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let pool = Arc::clone(&pool);
            let service = service_fn(move |request| gateway(Arc::clone(&pool), request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok((url, server))
}

/// Lets through what the client signed exactly when the pool says that it must be.
async fn gateway(pool: Arc<UserPool>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    if needs_signature(target) != head.headers.contains_key("authorization") {
        let mut response = Response::new(Full::from(format!("the signature of {target} is not as expected")));
        *response.status_mut() = StatusCode::FORBIDDEN;
        return Ok(response);
    }
    let body = body.collect().await?.to_bytes();
    Ok(pool.handle(Request::from_parts(head, body)).await.map(Full::new))
}

fn client(url: &str) -> Client {
    let credentials = Credentials::builder().access_key_id("AKIDTEST").secret_access_key("test").provider_name("test");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .credentials_provider(credentials.build())
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

#[expect(clippy::needless_pass_by_value, reason = "it has the shape that map_err takes")]
fn refused<E: ProvideErrorMetadata + Debug>(error: E) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (_, _) => format!("{error:?}"),
    }
}

/// The refusal's name without its words.
fn kind<T: Debug>(result: Result<T, impl ToString>) -> String {
    let refusal = result.map_err(|e| e.to_string()).expect_err("it is refused");
    refusal.split(':').next().unwrap_or_default().to_owned()
}

fn words<T: Debug>(result: Result<T, impl ToString>) -> String {
    result.map_err(|e| e.to_string()).expect_err("it is refused")
}

fn attribute_types(attributes: &[(&str, &str)]) -> Result<Vec<AttributeType>, Box<dyn Error>> {
    let built = attributes.iter().map(|(name, value)| AttributeType::builder().name(*name).value(*value).build());
    Ok(built.collect::<Result<_, _>>()?)
}

fn attribute<'a>(attributes: &'a [AttributeType], name: &str) -> Option<&'a str> {
    attributes.iter().find(|attribute| attribute.name() == name).and_then(AttributeType::value)
}

fn access(result: &AuthenticationResultType) -> &str {
    result.access_token().expect("there is an access token")
}

fn id(result: &AuthenticationResultType) -> &str {
    result.id_token().expect("there is an id token")
}

fn refresh_token(result: &AuthenticationResultType) -> &str {
    result.refresh_token().expect("there is a refresh token")
}

fn part(token: &str, index: usize) -> Map<String, Value> {
    let part = token.split('.').nth(index).expect("a JWT has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("parts are base64url")).expect("parts are JSON")
}

fn claims(token: &str) -> Map<String, Value> {
    part(token, 1)
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

#[tokio::test]
async fn wrong_passwords_and_unknown_names_answer_alike() -> TestResult {
    let world = World::new().await?;
    let sub = world.add_user("Anna").await?;

    let anna = world.sign_in("anna", PASSWORD).await?;
    assert_eq!(anna.expires_in(), 3_600);
    assert_eq!(anna.token_type(), Some("Bearer"));
    assert_eq!(world.whoami(access(&anna)).await?, "Anna");
    assert!(world.sign_in(&sub, PASSWORD).await.is_ok());

    assert_eq!(words(world.sign_in("Anna", "wrong password").await), INCORRECT);
    assert_eq!(words(world.sign_in("Nobody", "wrong password").await), INCORRECT);
    assert_eq!(words(world.sign_in("Anna", "Correct horse").await), INCORRECT);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_is_not_one_is_refused() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let initiate = || world.client.initiate_auth().auth_parameters("USERNAME", "anna");
    let by_password = || initiate().auth_flow(AuthFlowType::UserPasswordAuth);

    let other_client = by_password().client_id("other").send().await.map_err(refused);
    assert_eq!(words(other_client), "ResourceNotFoundException: User pool client other does not exist.");
    let no_password = by_password().client_id(world.pool.client_id()).send().await.map_err(refused);
    assert_eq!(words(no_password), "InvalidParameterException: Missing required parameter PASSWORD");
    for flow in [AuthFlowType::UserSrpAuth, AuthFlowType::CustomAuth, AuthFlowType::AdminUserPasswordAuth] {
        let result = initiate().auth_flow(flow).client_id(world.pool.client_id()).send().await.map_err(refused);
        assert_eq!(kind(result), "InvalidParameterException");
    }
    assert_eq!(kind(world.sign_in("anna", &"x".repeat(257)).await), "InvalidParameterException");
    Ok(())
}

#[tokio::test]
async fn an_administrator_signs_a_user_in() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let (pool_id, client_id) = (world.pool.pool_id(), world.pool.client_id());
    let initiate = |password: &str| {
        let request = world.client.admin_initiate_auth().user_pool_id(pool_id).client_id(client_id);
        let request = request.auth_flow(AuthFlowType::AdminUserPasswordAuth);
        request.auth_parameters("USERNAME", "anna").auth_parameters("PASSWORD", password)
    };

    let challenge = initiate("temporary").send().await?;
    let request = world.client.admin_respond_to_auth_challenge().user_pool_id(pool_id).client_id(client_id);
    let answer = request
        .challenge_name(ChallengeNameType::NewPasswordRequired)
        .set_session(challenge.session)
        .challenge_responses("USERNAME", "anna")
        .challenge_responses("NEW_PASSWORD", PASSWORD)
        .send()
        .await?;
    assert!(answer.authentication_result.is_some());
    assert!(initiate(PASSWORD).send().await?.authentication_result.is_some());
    assert_eq!(words(initiate("wrong password").send().await.map_err(refused)), INCORRECT);

    let request = world.client.admin_initiate_auth().user_pool_id(pool_id).client_id(client_id);
    let result = request.auth_flow(AuthFlowType::UserPasswordAuth).send().await.map_err(refused);
    assert_eq!(kind(result), "InvalidParameterException");
    Ok(())
}

#[tokio::test]
async fn the_first_password_is_chosen_once() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[("email", "anna@family.example"), ("name", "A.")]).await?;
    world.create_user("ben", &[]).await?;
    let session = world.challenged("anna", "temporary").await?;
    let other_session = world.challenged("anna", "temporary").await?;

    assert_eq!(kind(world.respond(&session, "anna", "short", &[]).await), "InvalidPasswordException");
    assert_eq!(words(world.respond(&session, "ben", PASSWORD, &[]).await), NO_SESSION);
    assert_eq!(words(world.respond("made up", "anna", PASSWORD, &[]).await), NO_SESSION);
    let steal = [("userAttributes.email", "ben@family.example")];
    assert_eq!(kind(world.respond(&session, "anna", PASSWORD, &steal).await), "NotAuthorizedException");

    let anna = world.respond(&session, "ANNA", PASSWORD, &[("userAttributes.name", "Anna")]).await?;
    let id = claims(id(&anna));
    assert_eq!((&id["name"], &id["email_verified"]), (&json!("Anna"), &json!(false)));
    for session in [&session, &other_session] {
        assert_eq!(words(world.respond(session, "anna", "another password", &[]).await), NO_SESSION);
    }
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    assert_eq!(words(world.sign_in("anna", "temporary").await), INCORRECT);
    Ok(())
}

#[tokio::test]
async fn concurrent_answers_to_one_challenge_win_once() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let session = world.challenged("anna", "temporary").await?;
    let passwords: Vec<String> = (0..8).map(|n| format!("password {n}")).collect();
    let answers = passwords.iter().map(|password| world.respond(&session, "anna", password, &[]));
    let answers = futures::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let winner = answers.iter().position(Result::is_ok).expect("one won");
    assert!(world.sign_in("anna", &passwords[winner]).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn sessions_and_temporary_passwords_end() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let session = world.challenged("anna", "temporary").await?;
    world.pass_seconds(180);
    let late = world.respond(&session, "anna", PASSWORD, &[]).await;
    assert_eq!(words(late), "NotAuthorizedException: Invalid session for the user, session is expired.");

    let session = world.challenged("anna", "temporary").await?;
    world.set_password("anna", "temporary2", false).await?;
    assert_eq!(words(world.respond(&session, "anna", PASSWORD, &[]).await), NO_SESSION);

    world.pass_seconds(7 * 86_400);
    let late = world.sign_in("anna", "temporary2").await;
    assert_eq!(
        words(late),
        "NotAuthorizedException: Temporary password has expired and must be reset by an administrator."
    );
    assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT);
    world.set_password("anna", "temporary3", false).await?;
    world.challenged("anna", "temporary3").await?;
    Ok(())
}

#[tokio::test]
async fn refresh_tokens_give_new_tokens_for_thirty_days() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let first = world.sign_in("anna", PASSWORD).await?;
    world.pass_seconds(3_600);
    assert_eq!(words(world.whoami(access(&first)).await), "NotAuthorizedException: Access Token has expired");

    let second = world.refresh(refresh_token(&first)).await?;
    assert_eq!(second.refresh_token(), None);
    assert_eq!(world.whoami(access(&second)).await?, "anna");
    let (old, new) = (claims(access(&first)), claims(access(&second)));
    assert_eq!((&new["origin_jti"], &new["auth_time"]), (&old["origin_jti"], &old["auth_time"]));
    assert_ne!(new["jti"], old["jti"]);
    assert_eq!(new["iat"], json!(START + 3_600));

    let alias = world.client.initiate_auth().client_id(world.pool.client_id()).auth_flow(AuthFlowType::RefreshToken);
    assert!(alias.auth_parameters("REFRESH_TOKEN", refresh_token(&first)).send().await.is_ok());

    assert_eq!(words(world.refresh("made up").await), "NotAuthorizedException: Invalid Refresh Token");
    world.pass_seconds(30 * 86_400 - 3_600);
    assert_eq!(words(world.refresh(refresh_token(&first)).await), "NotAuthorizedException: Refresh Token has expired");
    world.pass_seconds(3_601);
    assert_eq!(words(world.refresh(refresh_token(&first)).await), "NotAuthorizedException: Invalid Refresh Token");
    Ok(())
}

#[tokio::test]
async fn revoking_a_refresh_token_revokes_its_access_tokens_only() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let phone = world.sign_in("anna", PASSWORD).await?;
    let laptop = world.sign_in("anna", PASSWORD).await?;
    let refreshed = world.refresh(refresh_token(&phone)).await?;
    let revoke = |token: &str| {
        let request = world.client.revoke_token().client_id(world.pool.client_id()).token(token);
        async { request.send().await.map_err(refused) }
    };

    assert_eq!(kind(revoke(access(&phone)).await), "UnsupportedTokenTypeException");
    assert_eq!(kind(revoke(id(&phone)).await), "UnsupportedTokenTypeException");
    revoke("made up").await?;
    revoke(refresh_token(&phone)).await?;
    revoke(refresh_token(&phone)).await?;

    assert_eq!(
        words(world.refresh(refresh_token(&phone)).await),
        "NotAuthorizedException: Refresh Token has been revoked"
    );
    for token in [access(&phone), access(&refreshed)] {
        assert_eq!(words(world.whoami(token).await), "NotAuthorizedException: Access Token has been revoked");
    }
    assert!(world.whoami(access(&laptop)).await.is_ok());
    assert!(world.refresh(refresh_token(&laptop)).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn global_sign_out_ends_every_sign_in_of_one_user() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    world.add_user("ben").await?;
    let ben = world.sign_in("ben", PASSWORD).await?;
    for by_admin in [false, true] {
        let phone = world.sign_in("anna", PASSWORD).await?;
        let laptop = world.sign_in("anna", PASSWORD).await?;
        if by_admin {
            let request = world.client.admin_user_global_sign_out().user_pool_id(world.pool.pool_id());
            request.username("anna").send().await?;
        } else {
            world.client.global_sign_out().access_token(access(&phone)).send().await?;
        }
        for result in [&phone, &laptop] {
            assert_eq!(kind(world.whoami(access(result)).await), "NotAuthorizedException");
            assert_eq!(kind(world.refresh(refresh_token(result)).await), "NotAuthorizedException");
        }
        let again = world.client.global_sign_out().access_token(access(&phone)).send().await.map_err(refused);
        assert_eq!(words(again), "NotAuthorizedException: Access Token has been revoked");
    }
    assert!(world.whoami(access(&ben)).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_disabled_user_is_told_so_only_with_the_right_password() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let pool_id = world.pool.pool_id();
    world.client.admin_disable_user().user_pool_id(pool_id).username("anna").send().await?;

    assert_eq!(words(world.sign_in("anna", PASSWORD).await), "NotAuthorizedException: User is disabled.");
    assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT);
    assert_eq!(kind(world.refresh(refresh_token(&anna)).await), "NotAuthorizedException");
    assert_eq!(kind(world.whoami(access(&anna)).await), "NotAuthorizedException");

    world.client.admin_enable_user().user_pool_id(pool_id).username("anna").send().await?;
    assert_eq!(kind(world.refresh(refresh_token(&anna)).await), "NotAuthorizedException");
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn wrong_passwords_lock_out_known_and_unknown_names_alike() -> TestResult {
    let mut world = World::new().await?;
    world.add_user("anna").await?;
    for _ in 0..5 {
        for name in ["anna", "nobody"] {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
    }
    for lock_seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        world = world.restart().await?;
        for name in ["anna", "nobody"] {
            assert_eq!(words(world.sign_in(name, PASSWORD).await), EXCEEDED, "{name} is locked {lock_seconds} s");
        }
        world.pass_seconds(lock_seconds);
        for name in ["ANNA", "Nobody"] {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
    }
    world.pass_seconds(900);
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    for _ in 0..5 {
        assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT, "a success forgets failures");
    }
    assert_eq!(words(world.sign_in("anna", PASSWORD).await), EXCEEDED);
    world.set_password("anna", "new password", true).await?;
    assert!(world.sign_in("anna", "new password").await.is_ok(), "an administrator ends the lock-out");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_guesses_are_each_counted_before_they_are_tried() -> TestResult {
    let world = World::new().await?;
    let sub = world.add_user("anna").await?;
    let names_of_anna = ["anna", "ANNA", sub.as_str()];
    for names in [names_of_anna, ["nobody"; 3]] {
        let guesses = (0..20).map(|n| world.sign_in(names[n % 3], "wrong password"));
        let refusals: Vec<String> =
            futures::future::join_all(guesses).await.into_iter().filter_map(Result::err).collect();
        let count = |words: &str| refusals.iter().filter(|refusal| *refusal == words).count();
        assert_eq!((count(INCORRECT), count(EXCEEDED)), (5, 15), "{names:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_right_sign_ins_at_once_are_no_failures() -> TestResult {
    let world = World::new().await?;
    world.add_user("guest").await?;
    let sign_ins = futures::future::join_all((0..30).map(|_| world.sign_in("guest", PASSWORD))).await;
    for result in sign_ins {
        result?;
    }
    Ok(())
}

#[tokio::test]
async fn attempts_are_forgotten_after_a_day() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
    }
    world.pass_seconds(86_400);
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            assert_eq!(words(world.sign_in(name, "wrong password").await), INCORRECT);
        }
        assert_eq!(words(world.sign_in(name, "wrong password").await), EXCEEDED);
    }
    Ok(())
}

#[tokio::test]
async fn a_clock_set_back_does_not_lock_for_longer() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    for _ in 0..5 {
        assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT);
    }
    world.pass_seconds(-86_400);
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn people_change_their_password_by_the_old_one() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let token = access(&anna);

    assert_eq!(kind(world.change_password(token, PASSWORD, "short").await), "InvalidPasswordException");
    assert_eq!(kind(world.change_password(token, PASSWORD, &"x".repeat(257)).await), "InvalidParameterException");
    assert_eq!(words(world.change_password(token, "wrong password", "new password").await), INCORRECT);
    assert_eq!(kind(world.change_password(id(&anna), PASSWORD, "new password").await), "NotAuthorizedException");
    world.change_password(token, PASSWORD, "new password").await?;
    assert!(world.sign_in("anna", "new password").await.is_ok());
    assert_eq!(words(world.sign_in("anna", PASSWORD).await), INCORRECT);
    assert!(world.refresh(refresh_token(&anna)).await.is_ok());

    for _ in 0..4 {
        assert_eq!(words(world.change_password(token, PASSWORD, "new password").await), INCORRECT);
    }
    assert_eq!(words(world.change_password(token, "new password", "newer password").await), EXCEEDED);
    assert_eq!(words(world.sign_in("anna", "new password").await), EXCEEDED, "both count alike");
    world.pass_seconds(1);
    world.change_password(token, "new password", "newer password").await?;
    Ok(())
}

#[tokio::test]
async fn groups_are_in_both_tokens() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let pool_id = world.pool.pool_id();
    let none = world.sign_in("anna", PASSWORD).await?;
    assert!(!claims(access(&none)).contains_key("cognito:groups"));

    world.client.create_group().user_pool_id(pool_id).group_name("elders").precedence(0).send().await?;
    for group in ["visitor", "elders", "admin", "admin"] {
        world.add_to_group("anna", group).await?;
    }
    let anna = world.sign_in("anna", PASSWORD).await?;
    for token in [access(&anna), id(&anna)] {
        assert_eq!(claims(token)["cognito:groups"], json!(["elders", "admin", "visitor"]));
    }
    let remove = world.client.admin_remove_user_from_group().user_pool_id(pool_id).username("anna");
    remove.clone().group_name("admin").send().await?;
    remove.clone().group_name("admin").send().await?;
    let refreshed = world.refresh(refresh_token(&anna)).await?;
    assert_eq!(claims(access(&refreshed))["cognito:groups"], json!(["elders", "visitor"]));

    assert_eq!(kind(world.add_to_group("anna", "nobodies").await), "ResourceNotFoundException");
    assert_eq!(kind(world.add_to_group("nobody", "admin").await), "UserNotFoundException");
    assert_eq!(kind(remove.group_name("nobodies").send().await.map_err(refused)), "ResourceNotFoundException");
    let again = world.client.create_group().user_pool_id(pool_id).group_name("admin").send().await.map_err(refused);
    assert_eq!(kind(again), "GroupExistsException");
    Ok(())
}

#[tokio::test]
async fn groups_and_members_are_listed_by_pages() -> TestResult {
    let world = World::new().await?;
    let pool_id = world.pool.pool_id();
    for name in ["anna", "ben", "cleo"] {
        world.add_user(name).await?;
        world.add_to_group(name, "visitor").await?;
    }
    world.add_to_group("anna", "admin").await?;

    let first = world.client.list_groups().user_pool_id(pool_id).limit(2).send().await?;
    let rest = world.client.list_groups().user_pool_id(pool_id).set_next_token(first.next_token.clone()).send().await?;
    let names = first.groups().iter().chain(rest.groups()).filter_map(|group| group.group_name());
    assert_eq!(names.collect::<Vec<_>>(), ["admin", "guest", "visitor"]);
    assert_eq!(rest.next_token(), None);

    let members = world.client.list_users_in_group().user_pool_id(pool_id).group_name("visitor");
    let pages = members.into_paginator().page_size(2).items().send().collect::<Result<Vec<_>, _>>().await?;
    let names = pages.into_iter().filter_map(|user| user.username).collect();
    assert_eq!(sorted(names), ["anna", "ben", "cleo"]);
    let none = world.client.list_users_in_group().user_pool_id(pool_id).group_name("nobodies").send().await;
    assert_eq!(kind(none.map_err(refused)), "ResourceNotFoundException");

    let groups = world.client.admin_list_groups_for_user().user_pool_id(pool_id).username("anna");
    let groups = groups.into_paginator().page_size(1).items().send().collect::<Result<Vec<_>, _>>().await?;
    assert_eq!(groups.iter().filter_map(|group| group.group_name()).collect::<Vec<_>>(), ["admin", "visitor"]);
    let none = world.client.admin_list_groups_for_user().user_pool_id(pool_id).username("nobody").send().await;
    assert_eq!(kind(none.map_err(refused)), "UserNotFoundException");
    Ok(())
}

#[tokio::test]
async fn users_are_listed_by_pages() -> TestResult {
    let world = World::new().await?;
    let expected: HashSet<String> = (0..7).map(|n| format!("user{n}")).collect();
    for name in &expected {
        world.create_user(name, &[]).await?;
    }
    let list = || world.client.list_users().user_pool_id(world.pool.pool_id());

    let (mut seen, mut sizes, mut token) = (HashSet::new(), Vec::new(), None);
    loop {
        let page = list().limit(3).set_pagination_token(token).send().await?;
        sizes.push(page.users().len());
        seen.extend(page.users().iter().filter_map(|user| user.username.clone()));
        token = page.pagination_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((seen, sizes), (expected, vec![3, 3, 1]));
    assert_eq!(list().limit(7).send().await?.pagination_token(), None);
    assert_eq!(kind(list().limit(61).send().await.map_err(refused)), "InvalidParameterException");
    let token = list().pagination_token("not one").send().await.map_err(refused);
    assert_eq!(words(token), "InvalidParameterException: Invalid pagination token.");
    Ok(())
}

#[tokio::test]
async fn users_are_found_by_filters() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[("email", "Anna@family.example"), ("name", "Anna \"A\" Ahorn")]).await?;
    world.create_user("Anton", &[("email", "anton@family.example")]).await?;
    let ben = world.create_user("ben", &[]).await?;
    let sub = attribute(ben.attributes(), "sub").expect("every user has a sub");
    world.set_password("ben", PASSWORD, true).await?;
    world.client.admin_disable_user().user_pool_id(world.pool.pool_id()).username("anna").send().await?;

    let by_sub = format!("sub = \"{sub}\"");
    let checks: [(&str, &[&str]); 9] = [
        (r#"username = "ANNA""#, &["anna"]),
        (r#"username ^= "an""#, &["Anton", "anna"]),
        (r#"email = "anna@FAMILY.example""#, &["anna"]),
        (r#"email ^= "ant""#, &["Anton"]),
        (r#"name ^= "Anna \"A\"""#, &["anna"]),
        (r#"status = "Disabled""#, &["anna"]),
        (r#"cognito:user_status = "CONFIRMED""#, &["ben"]),
        (&by_sub, &["ben"]),
        (r#"email = "nobody@family.example""#, &[]),
    ];
    for (filter, expected) in checks {
        assert_eq!(sorted(world.list_users(filter).await?), expected, "{filter}");
    }
    for filter in ["email", "email = anna", r#"password_hash ^= "$""#, r#"name = "a" or name = "b""#] {
        assert_eq!(kind(world.list_users(filter).await), "InvalidParameterException", "{filter}");
    }
    let request = world.client.list_users().user_pool_id(world.pool.pool_id()).attributes_to_get("email");
    let anna = request.filter(r#"username = "anna""#).send().await?;
    let shown: Vec<&str> = anna.users()[0].attributes().iter().map(AttributeType::name).collect();
    assert_eq!(shown, ["email"]);
    Ok(())
}

#[tokio::test]
async fn a_verified_email_address_is_a_name_to_sign_in_by() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    world.add_user("ben").await?;
    world.update_user("anna", &[("email", "Anna@Family.example")]).await?;
    assert_eq!(words(world.sign_in("anna@family.example", PASSWORD).await), INCORRECT, "not verified");
    world.update_user("anna", &[("email_verified", "true")]).await?;
    let anna = world.sign_in("ANNA@family.EXAMPLE", PASSWORD).await?;
    let id = claims(id(&anna));
    assert_eq!(id["cognito:username"], "anna");
    assert_eq!((&id["email"], &id["email_verified"]), (&json!("Anna@Family.example"), &json!(true)));

    let taken = [("email", "anna@family.example"), ("email_verified", "true")];
    assert_eq!(kind(world.update_user("ben", &taken).await), "AliasExistsException");
    assert_eq!(kind(world.create_user("cleo", &taken).await), "AliasExistsException");
    world.update_user("ben", &taken[..1]).await?;

    world.update_user("anna", &[("email", "new@family.example")]).await?;
    for old in ["anna@family.example", "new@family.example"] {
        assert_eq!(words(world.sign_in(old, PASSWORD).await), INCORRECT, "a new address is not verified");
    }
    let forced = world.client.admin_create_user().user_pool_id(world.pool.pool_id()).username("cleo");
    world.update_user("ben", &taken[1..]).await?;
    let forced = forced.temporary_password("temporary").set_user_attributes(Some(attribute_types(&taken)?));
    forced.force_alias_creation(true).send().await?;
    world.challenged("anna@family.example", "temporary").await?;
    assert!(world.sign_in("ben", PASSWORD).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn users_are_created_once_and_deleted_whole() -> TestResult {
    let world = World::new().await?;
    let anna = world.create_user("anna", &[("name", "Anna"), ("nickname", "An")]).await?;
    let sub = attribute(anna.attributes(), "sub").expect("every user has a sub").to_owned();
    assert!(anna.enabled());
    assert_eq!(anna.user_status().map(UserStatusType::as_str), Some("FORCE_CHANGE_PASSWORD"));
    assert_eq!(anna.user_create_date().map(DateTime::secs), Some(START));

    for taken in ["anna", "ANNA", sub.as_str()] {
        assert_eq!(kind(world.create_user(taken, &[]).await), "UsernameExistsException", "{taken}");
    }
    for username in ["anna@family.example", "an na", "", &"x".repeat(129)] {
        assert_eq!(kind(world.create_user(username, &[]).await), "InvalidParameterException", "{username:?}");
    }
    for bad in [("sub", "x"), ("custom:x", "x"), ("email", "no address"), ("email_verified", "yes")] {
        assert_eq!(kind(world.create_user("ben", &[bad]).await), "InvalidParameterException", "{bad:?}");
    }

    world.pass_seconds(60);
    world.update_user(&sub, &[("nickname", ""), ("name", "Anna A.")]).await?;
    world.set_password("anna", PASSWORD, true).await?;
    let get = || world.client.admin_get_user().user_pool_id(world.pool.pool_id()).username("Anna").send();
    let found = get().await?;
    assert_eq!(found.username(), "anna");
    assert_eq!(attribute(found.user_attributes(), "name"), Some("Anna A."));
    assert_eq!(attribute(found.user_attributes(), "nickname"), None);
    assert_eq!(found.user_status().map(UserStatusType::as_str), Some("CONFIRMED"));
    assert_eq!(found.user_last_modified_date().map(DateTime::secs), Some(START + 60));

    let token = world.sign_in("anna", PASSWORD).await?;
    world.client.admin_delete_user().user_pool_id(world.pool.pool_id()).username("anna").send().await?;
    assert_eq!(kind(get().await.map_err(refused)), "UserNotFoundException");
    assert_eq!(kind(world.whoami(access(&token)).await), "UserNotFoundException");
    assert_eq!(kind(world.refresh(refresh_token(&token)).await), "NotAuthorizedException");
    assert_eq!(words(world.sign_in("anna", PASSWORD).await), INCORRECT);
    let again = world.create_user("anna", &[]).await?;
    assert_ne!(attribute(again.attributes(), "sub"), Some(sub.as_str()));
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_to_users() -> TestResult {
    let world = World::new().await?;
    let create = || world.client.admin_create_user().user_pool_id(world.pool.pool_id()).username("anna");
    let resend = create().message_action(MessageActionType::Resend).send().await.map_err(refused);
    assert_eq!(kind(resend), "InvalidParameterException");
    create().message_action(MessageActionType::Suppress).send().await?;
    assert_eq!(
        words(world.sign_in("anna", "").await),
        "InvalidParameterException: Missing required parameter PASSWORD"
    );
    world.set_password("anna", PASSWORD, true).await?;
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_password_set_by_an_administrator_signs_out() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    assert_eq!(kind(world.set_password("anna", "short", true).await), "InvalidPasswordException");
    assert_eq!(kind(world.set_password("nobody", PASSWORD, true).await), "UserNotFoundException");
    world.set_password("anna", "new password", false).await?;
    assert_eq!(kind(world.refresh(refresh_token(&anna)).await), "NotAuthorizedException");
    assert_eq!(kind(world.whoami(access(&anna)).await), "NotAuthorizedException");
    let session = world.challenged("anna", "new password").await?;
    assert!(world.respond(&session, "anna", "äöü äöü!", &[]).await.is_ok(), "length is in characters");
    Ok(())
}

#[tokio::test]
async fn a_restart_keeps_everything() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    world.add_to_group("anna", "admin").await?;
    world.create_user("ben", &[]).await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let session = world.challenged("ben", "temporary").await?;
    let ids = (world.pool.pool_id().to_owned(), world.pool.client_id().to_owned(), world.pool.issuer().to_owned());
    let keys = world.published("jwks.json").await?;

    let world = world.restart().await?;
    assert_eq!(ids, (world.pool.pool_id().into(), world.pool.client_id().into(), world.pool.issuer().into()));
    assert_eq!(world.published("jwks.json").await?, keys);
    assert_eq!(world.whoami(access(&anna)).await?, "anna");
    let refreshed = world.refresh(refresh_token(&anna)).await?;
    assert_eq!(claims(access(&refreshed))["cognito:groups"], json!(["admin"]));
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    assert!(world.respond(&session, "ben", PASSWORD, &[]).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn what_was_answered_is_in_the_files_of_a_running_pool() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    for _ in 0..5 {
        assert_eq!(words(world.sign_in("ben", "wrong password").await), INCORRECT);
    }
    let anna = world.sign_in("anna", PASSWORD).await?;
    // What a killed process leaves behind: nothing was closed.
    let left = tempfile::tempdir()?;
    for entry in fs::read_dir(world.dir.path())? {
        let entry = entry?;
        fs::copy(entry.path(), left.path().join(entry.file_name()))?;
    }
    let after = World::open(left, Arc::clone(&world.clock)).await?;
    assert!(after.refresh(refresh_token(&anna)).await.is_ok());
    assert_eq!(words(after.sign_in("ben", "wrong password").await), EXCEEDED);
    Ok(())
}

#[tokio::test]
async fn the_published_keys_verify_the_tokens() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let keys = world.published("jwks.json").await?;
    let keys = keys["keys"].as_array().expect("a key set has keys");
    assert_eq!(keys.len(), 2);
    let mut kids = HashSet::new();
    for token in [access(&anna), id(&anna)] {
        let header = part(token, 0);
        assert_eq!(header["alg"], "RS256");
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the token's key is published");
        assert_eq!((&key["kty"], &key["use"], &key["alg"]), (&json!("RSA"), &json!("sig"), &json!("RS256")));
        let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap_or_default());
        let (signed, signature) = token.rsplit_once('.').expect("a JWT has three parts");
        RsaPublicKeyComponents { n: number("n")?, e: number("e")? }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature)?)
            .expect("the published key verifies the token");
        kids.insert(header["kid"].to_string());
    }
    assert_eq!(kids.len(), 2, "id and access tokens have keys of their own");

    let configuration = world.published("openid-configuration").await?;
    assert_eq!(configuration["issuer"], world.pool.issuer());
    assert_eq!(configuration["jwks_uri"], format!("{}/.well-known/jwks.json", world.pool.issuer()));
    assert_eq!(world.pool.issuer(), format!("http://127.0.0.1:9002/{}", world.pool.pool_id()));
    Ok(())
}

#[tokio::test]
async fn tokens_carry_the_claims_of_cognito() -> TestResult {
    let world = World::new().await?;
    let sub = world.add_user("anna").await?;
    world.update_user("anna", &[("name", "Anna"), ("email", "a@family.example"), ("email_verified", "true")]).await?;
    world.add_to_group("anna", "visitor").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let (access, id) = (claims(access(&anna)), claims(id(&anna)));
    let names = |claims: &Map<String, Value>| sorted(claims.keys().cloned().collect()).join(" ");
    assert_eq!(
        names(&access),
        "auth_time client_id cognito:groups event_id exp iat iss jti origin_jti scope sub token_use username version"
    );
    assert_eq!(
        names(&id),
        "aud auth_time cognito:groups cognito:username email email_verified event_id exp iat iss jti name origin_jti \
         sub token_use"
    );
    let expected = json!({
        "sub": sub, "iss": world.pool.issuer(), "client_id": world.pool.client_id(), "username": "anna", "version": 2,
        "token_use": "access", "scope": "aws.cognito.signin.user.admin",
        "auth_time": START, "iat": START, "exp": START + 3_600,
    });
    for (name, value) in expected.as_object().expect("it is an object") {
        assert_eq!(&access[name], value, "{name}");
    }
    assert_eq!((&id["token_use"], &id["aud"]), (&json!("id"), &json!(world.pool.client_id())));
    assert_eq!((&id["origin_jti"], &id["event_id"]), (&access["origin_jti"], &access["event_id"]));
    assert_ne!(id["jti"], access["jti"]);
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let (signed, signature) = access(&anna).rsplit_once('.').expect("a JWT has three parts");
    let (header, body) = signed.split_once('.').expect("a JWT has three parts");
    let mut forged = claims(access(&anna));
    forged.insert("exp".to_owned(), json!(START * 2));
    let forged = URL_SAFE_NO_PAD.encode(Value::Object(forged).to_string());
    let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "kid": part(access(&anna), 0)["kid"] }).to_string());
    let bad = [
        format!("{header}.{forged}.{signature}"),
        format!("{none}.{body}."),
        format!("{none}.{body}.{signature}"),
        signed.to_owned(),
        id(&anna).to_owned(),
        "x".to_owned(),
    ];
    for token in bad {
        assert_eq!(words(world.whoami(&token).await), "NotAuthorizedException: Invalid Access Token");
    }
    Ok(())
}

#[tokio::test]
async fn the_pool_and_its_client_are_described() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let (pool_id, client_id) = (world.pool.pool_id(), world.pool.client_id());
    assert_eq!(pool_id.len(), "eu-central-1_".len() + 9);
    assert!(pool_id.starts_with("eu-central-1_"));
    assert!(client_id.len() == 26 && client_id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));

    let pool = world.client.describe_user_pool().user_pool_id(pool_id).send().await?.user_pool;
    let pool = pool.expect("the answer has the pool");
    assert_eq!((pool.name(), pool.estimated_number_of_users()), (Some("family"), 1));
    let client = world.client.describe_user_pool_client().user_pool_id(pool_id).client_id(client_id).send().await?;
    let client = client.user_pool_client.expect("the answer has the client");
    assert_eq!((client.refresh_token_validity(), client.access_token_validity()), (30 * 86_400, Some(3_600)));
    let other = world.client.describe_user_pool().user_pool_id("eu-central-1_other").send().await.map_err(refused);
    assert_eq!(kind(other), "ResourceNotFoundException");
    Ok(())
}

#[tokio::test]
async fn requests_out_of_shape_are_refused_by_name() -> TestResult {
    let world = World::new().await?;
    let client = world.pool.client_id();
    let checks = [
        ("MakeCoffee", "{}".to_owned(), "UnknownOperationException"),
        ("InitiateAuth", "{".to_owned(), "SerializationException"),
        ("InitiateAuth", String::new(), "SerializationException"),
        ("InitiateAuth", "[]".to_owned(), "SerializationException"),
        ("InitiateAuth", r#"{"ClientId": 5}"#.to_owned(), "SerializationException"),
        ("InitiateAuth", "{}".to_owned(), "InvalidParameterException"),
        ("InitiateAuth", format!(r#"{{"ClientId":"{client}","AuthFlow":null}}"#), "InvalidParameterException"),
        ("AdminGetUser", r#"{"Username":"anna"}"#.to_owned(), "InvalidParameterException"),
        ("ListUsers", format!(r#"{{"UserPoolId":"{}","Limit":-1}}"#, world.pool.pool_id()), "SerializationException"),
    ];
    for (operation, body, expected) in checks {
        let (status, kind, answer) = world.post(operation, &body).await?;
        assert_eq!((status, kind.as_str()), (StatusCode::BAD_REQUEST, expected), "{operation} {body}");
        assert_eq!(answer["__type"], expected);
        assert!(answer["message"].is_string());
    }
    let others =
        [(Method::GET, "/"), (Method::GET, "/x/.well-known/jwks.json"), (Method::PUT, "/"), (Method::POST, "/x")];
    for (method, path) in others {
        let response = world.pool.handle(Request::builder().method(method).uri(path).body(Bytes::new())?).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    Ok(())
}

#[test]
fn every_other_operation_needs_a_signature() {
    let unsigned =
        ["InitiateAuth", "RespondToAuthChallenge", "GetUser", "GlobalSignOut", "RevokeToken", "ChangePassword"];
    for operation in unsigned {
        assert!(!needs_signature(&format!("AWSCognitoIdentityProviderService.{operation}")));
        assert!(needs_signature(operation));
    }
    for operation in ["AdminInitiateAuth", "AdminGetUser", "ListUsers", "MakeCoffee", ""] {
        assert!(needs_signature(&format!("AWSCognitoIdentityProviderService.{operation}")));
    }
    assert!(needs_signature(""));
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_only() -> TestResult {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new().await?;
    world.add_user("anna").await?;
    let modes = |dir: &Path| -> Result<Vec<u32>, std::io::Error> {
        fs::read_dir(dir)?.map(|entry| Ok(entry?.metadata()?.permissions().mode() & 0o777)).collect()
    };
    let modes = modes(world.dir.path())?;
    assert!(modes.len() > 1, "the write-ahead log is there too");
    assert!(modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
    Ok(())
}

#[test]
fn a_file_of_a_newer_program_is_left_alone() -> TestResult {
    let dir = tempfile::tempdir()?;
    for (name, bytes) in new_pool_files() {
        fs::write(dir.path().join(name), bytes)?;
    }
    rusqlite::Connection::open(dir.path().join("cognito.sqlite3"))?.pragma_update(None, "user_version", 99)?;
    let opened = UserPool::open(dir.path(), settings(&Arc::new(AtomicI64::new(0))));
    assert!(matches!(opened, Err(cognito::OpenError::NewerLayout { found: 99, known: 1 })));
    Ok(())
}
