//! The Lambda function of the API.

use std::{sync::Arc, time::SystemTime};

use lambda_http::{BoxFuture, Error, lambda_runtime, service_fn};
use model::Timestamp;
use resolvers::{Api, Events, Services, SiteAddress, TokenSettings, Verifier, appsync::Door, lambda};
use store::{Settings, Store, config};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt().json().with_target(false).without_time().init();
    let sdk = store::sdk_config().await;
    let store = Store::new(&sdk, Settings::from_env()?)?;
    let clock: model::Clock = Arc::new(now);
    let site = SiteAddress::Fixed(config::required("MANTEL_SITE_URL")?);
    let services = Services {
        store: store.clone(),
        clock: clock.clone(),
        random: Arc::new(fill_random),
        site,
        events: Events::default(),
        backup: config::optional("MANTEL_BACKUP_BUCKET").map(|bucket| format!("s3://{bucket}")),
    };
    let verifier = Verifier::new(token_settings(&store), clock);
    let mut api = Api::new(services.clone(), verifier.clone());
    if config::is_dev() {
        api = api.with_open_introspection();
    }
    let door = Door::new(services, verifier);
    // Boxed, as the whole type of the future is deeper than the compiler looks.
    let answer = |event| -> BoxFuture<'_, _> { Box::pin(lambda::route(&api, &door, event)) };
    lambda_runtime::run(service_fn(answer)).await
}

/// Cognito's own addresses, unless `MANTEL_ISSUER` and `MANTEL_JWKS_URL` name others.
fn token_settings(store: &Store) -> TokenSettings {
    let settings = store.settings();
    let issuer = config::optional("MANTEL_ISSUER")
        .unwrap_or_else(|| format!("https://cognito-idp.{}.amazonaws.com/{}", store.region(), settings.user_pool_id));
    let jwks_url = config::optional("MANTEL_JWKS_URL").unwrap_or_else(|| format!("{issuer}/.well-known/jwks.json"));
    TokenSettings { issuer, client_id: settings.client_id.clone(), jwks_url }
}

#[expect(clippy::disallowed_methods, reason = "main makes the clock that ticks")]
fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "main makes the random source")]
fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}
