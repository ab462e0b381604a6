//! All that speaks to AWS: the table, the buckets, the user pool. Decides nothing about rights.

mod activity;
mod audit;
mod backup;
mod bookmark;
mod bucket;
mod bucket_copy;
mod bucket_writer;
mod change;
mod claim;
mod comment;
pub mod config;
mod dump;
mod erase_person;
mod error;
mod gallery;
mod http;
mod integrity;
mod inventory;
mod item;
mod keys;
mod keys_of_pool;
mod like;
mod line;
mod link;
mod listing;
mod media;
mod mend;
mod meter;
mod object;
mod pool_export;
mod presign;
mod processing;
mod publish;
mod record;
mod replace;
mod search;
mod secret;
mod survey;
mod table;
mod trash;
mod upload;
mod user;
mod user_pool;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use aws_sdk_dynamodb::config::SharedAsyncSleep;
use aws_smithy_async::{rt::sleep::TokioSleep, time::TimeSource};
use aws_smithy_http_client::tls;
use model::{Clock, Error};

use self::meter::CountCalls;

pub use activity::ActivityLine;
pub use aws_config::SdkConfig;
pub use bucket::{Archive, Bucket, BucketSettings, Copied, Fetched, Head, Listed, ObjectBody};
pub use bucket_writer::BucketWriter;
pub use config::{MediaAddress, Settings};
pub use erase_person::ErasedPerson;
pub use gallery::GalleryChange;
pub use keys_of_pool::{PublicKey, fetch_public_keys};
pub use line::Line;
pub use media::{MediaChange, Moved};
pub use mend::Mended;
pub use meter::{Calls, Used, is_call_under_way, measured};
pub use object::{StoredObject, StoredPart};
pub use pool_export::ExportedAccount;
pub use presign::{Presigner, SignedUrl, UploadTarget};
pub use record::{Record, RecordKey};
pub use search::Entry;
pub use secret::read_secret;
pub use survey::{Fault, Survey};
pub use upload::Announced;
pub use user::UserChange;
pub use user_pool::{Account, NewUser, SignIn, Tokens};

use self::publish::Publisher;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Clients of the table, the buckets and the user pool. Made once, shared by all.
#[derive(Clone, Debug)]
pub struct Store {
    dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
    cognito: aws_sdk_cognitoidentityprovider::Client,
    credentials: SharedCredentialsProvider,
    region: String,
    settings: Settings,
    publisher: Option<Publisher>,
}

/// The configuration of the SDK from the usual AWS variables, `AWS_ENDPOINT_URL` among them.
pub async fn sdk_config() -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await
}

/// The configuration of the SDK for services at an address of one's own, over plain HTTP.
#[must_use]
pub fn sdk_config_for(endpoint: &str, region: &str, access_key_id: &str, secret_access_key: &str) -> SdkConfig {
    let credentials = Credentials::builder()
        .provider_name("mantel")
        .access_key_id(access_key_id)
        .secret_access_key(secret_access_key)
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new(region.to_owned()))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::standard())
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build())
        .build()
}

/// The configuration of the SDK for a service of others.
pub(crate) fn sdk_config_for_foreign(settings: &BucketSettings) -> SdkConfig {
    let BucketSettings { endpoint, region, access_key_id, secret_access_key, .. } = settings;
    let plain = sdk_config_for(endpoint, region, access_key_id, secret_access_key);
    if endpoint.starts_with("http://") {
        return plain;
    }
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    plain.to_builder().http_client(http).build()
}

/// The same configuration, for services of one's own that check signatures by `clock`.
#[must_use]
pub fn signing_by(sdk: &SdkConfig, clock: Clock) -> SdkConfig {
    struct ClockTime(Clock);

    impl fmt::Debug for ClockTime {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("ClockTime")
        }
    }

    impl TimeSource for ClockTime {
        fn now(&self) -> SystemTime {
            let millis = u64::try_from((self.0)().unix_millis()).unwrap_or_default();
            SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
        }
    }

    // Else the SDK would go by the `Date` of answers, which is by the machine's clock.
    sdk.to_builder().time_source(ClockTime(clock)).disable_clock_skew_correction(true).build()
}

impl Store {
    /// Makes the clients. S3 is addressed by path where an endpoint of one's own is configured.
    ///
    /// # Errors
    /// When the configuration has no credentials or no region, or the address of events is none.
    pub fn new(sdk: &SdkConfig, settings: Settings) -> Result<Self, Error> {
        let credentials =
            sdk.credentials_provider().ok_or_else(|| Error::internal("no AWS credentials are configured"))?;
        let region = sdk.region().ok_or_else(|| Error::internal("no AWS region is configured"))?.to_string();
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(sdk).interceptor(CountCalls).build();
        let s3 = aws_sdk_s3::config::Builder::from(sdk)
            .force_path_style(settings.media_address != MediaAddress::Aws)
            .interceptor(CountCalls)
            .build();
        let cognito = aws_sdk_cognitoidentityprovider::config::Builder::from(sdk).interceptor(CountCalls).build();
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            s3: aws_sdk_s3::Client::from_conf(s3),
            cognito: aws_sdk_cognitoidentityprovider::Client::from_conf(cognito),
            credentials,
            region,
            publisher: settings.events_url.as_deref().map(|url| Publisher::new(sdk, url)).transpose()?,
            settings,
        })
    }

    /// Uses another address for S3 than for the rest, as the one-machine system does.
    #[must_use]
    pub fn with_s3_endpoint(mut self, sdk: &SdkConfig, endpoint: &str) -> Self {
        let s3 = aws_sdk_s3::config::Builder::from(sdk)
            .force_path_style(true)
            .endpoint_url(endpoint)
            .interceptor(CountCalls)
            .build();
        self.s3 = aws_sdk_s3::Client::from_conf(s3);
        self
    }

    /// The names it works with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The AWS region it works in.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    async fn current_credentials(&self) -> Result<Credentials, Error> {
        self.credentials.provide_credentials().await.map_err(|error| Error::Unavailable(error.into()))
    }
}
