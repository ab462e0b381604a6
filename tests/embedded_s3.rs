//! The embedded S3, driven by the official client over HTTP: each test is a story of one behaviour.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    error::Error,
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region, RequestChecksumCalculation},
    error::{ProvideErrorMetadata, SdkError},
    presigning::{PresignedRequest, PresigningConfig},
    primitives::{ByteStream, DateTime},
    types::{
        ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart, Delete, EncodingType,
        MetadataDirective, ObjectIdentifier,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use local::s3;
use model::{Clock, Timestamp};
use proptest::prelude::*;
use reqwest::{Method, StatusCode};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

const BUCKET: &str = "originals";
const OTHER: &str = "renditions";
const START_MILLIS: i64 = 1_767_225_600_000;
const MIB: usize = 1 << 20;

/// A store on a loopback port, with a client, a clock to set, and a network that may corrupt.
struct World {
    dir: Arc<TempDir>,
    store: Arc<s3::Store>,
    address: SocketAddr,
    client: Client,
    now: Arc<AtomicI64>,
    corrupts: Arc<AtomicBool>,
    server: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> Result<Self, Box<dyn Error>> {
        Self::open(Arc::new(tempfile::tempdir()?)).await
    }

    async fn open(dir: Arc<TempDir>) -> Result<Self, Box<dyn Error>> {
        let now = Arc::new(AtomicI64::new(START_MILLIS));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || Timestamp::from_unix_millis(now.load(Ordering::SeqCst)))
        };
        let options = s3::Options {
            buckets: vec![BUCKET.to_owned(), OTHER.to_owned()],
            event_buckets: vec![BUCKET.to_owned()],
            retry_base_seconds: 1,
            clock,
        };
        let store = s3::Store::open(dir.path(), options)?;
        let access = s3::Access {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "SECRET".to_owned(),
            allowed_origin: Arc::new(|origin| origin == "https://photos.example"),
        };
        let corrupts = Arc::new(AtomicBool::new(false));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(serve(listener, s3::service(Arc::clone(&store), access), Arc::clone(&corrupts)));
        let client = Client::from_conf(config(address).build());
        Ok(Self { dir, store, address, client, now, corrupts, server })
    }

    /// A new process on the same folder.
    async fn restarted(self) -> Result<Self, Box<dyn Error>> {
        let dir = Arc::clone(&self.dir);
        self.server.abort();
        drop(self);
        Self::open(dir).await
    }

    fn pass_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    async fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) -> Result<String, Box<dyn Error>> {
        let put = self.client.put_object().bucket(BUCKET).key(key).body(bytes.into().into()).send().await?;
        Ok(put.e_tag.ok_or("no entity tag")?)
    }

    async fn get(&self, key: &str) -> Result<Vec<u8>, Box<dyn Error>> {
        let got = self.client.get_object().bucket(BUCKET).key(key).send().await?;
        Ok(got.body.collect().await?.to_vec())
    }

    async fn begin(&self, key: &str) -> Result<String, Box<dyn Error>> {
        let upload = self.client.create_multipart_upload().bucket(BUCKET).key(key).send().await?;
        Ok(upload.upload_id.ok_or("no upload id")?)
    }

    async fn part(&self, key: &str, id: &str, number: i32, bytes: Vec<u8>) -> Result<CompletedPart, Box<dyn Error>> {
        let part = self.client.upload_part().bucket(BUCKET).key(key).upload_id(id).part_number(number);
        let part = part.body(bytes.into()).send().await?;
        Ok(CompletedPart::builder().part_number(number).set_e_tag(part.e_tag).build())
    }

    async fn complete(&self, key: &str, id: &str, parts: &[CompletedPart]) -> Result<String, String> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build();
        let complete = self.client.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(id);
        complete
            .multipart_upload(parts)
            .send()
            .await
            .map(|done| done.e_tag.unwrap_or_default())
            .map_err(|e| code_of(&e))
    }

    /// The files under a folder of the store.
    fn files(&self, folder: &str) -> Result<usize, Box<dyn Error>> {
        count_files(&self.dir.path().join(folder))
    }
}

fn count_files(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        count += if path.is_dir() { count_files(&path)? } else { 1 };
    }
    Ok(count)
}

fn config(address: SocketAddr) -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("AKID", "SECRET", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .force_path_style(true)
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

async fn serve(listener: tokio::net::TcpListener, service: s3::Service, corrupts: Arc<AtomicBool>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (service, corrupts) = (service.clone(), Arc::clone(&corrupts));
        let answer = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let (service, corrupts) = (service.clone(), corrupts.load(Ordering::SeqCst));
            async move {
                let request = if corrupts { corrupted(request).await? } else { request.map(s3::Body::from) };
                Ok::<_, hyper::Error>(service.call(request).await)
            }
        });
        connections.spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

/// Changes the one word that bodies of these tests have, and nothing of how they travel.
async fn corrupted(request: http::Request<hyper::body::Incoming>) -> Result<http::Request<s3::Body>, hyper::Error> {
    let (head, body) = request.into_parts();
    let mut bytes = body.collect().await?.to_bytes().to_vec();
    if let Some(at) = bytes.windows(5).position(|word| word == b"clean") {
        bytes[at..at + 5].copy_from_slice(b"dirty");
    }
    Ok(http::Request::from_parts(head, s3::Body::from(bytes)))
}

fn code_of<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    let status = || match error {
        SdkError::ServiceError(_) => "service error",
        _ => "no answer",
    };
    error.code().map_or_else(|| status().to_owned(), str::to_owned)
}

fn refusal<T, E: ProvideErrorMetadata, R>(result: Result<T, SdkError<E, R>>) -> String {
    result.err().map_or_else(|| "accepted".to_owned(), |error| code_of(&error))
}

fn valid_for(seconds: u64) -> Result<PresigningConfig, Box<dyn Error>> {
    Ok(PresigningConfig::expires_in(Duration::from_secs(seconds))?)
}

/// Sends what a browser would: the signed URL with the signed headers, changed by `change`.
async fn send(
    signed: &PresignedRequest,
    body: impl Into<reqwest::Body>,
    change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
) -> Result<reqwest::Response, Box<dyn Error>> {
    let method = Method::from_bytes(signed.method().as_bytes())?;
    let mut request = reqwest::Client::new().request(method, signed.uri());
    for (name, value) in signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length")) {
        request = request.header(name, value);
    }
    Ok(change(request.body(body)).send().await?)
}

fn header(response: &reqwest::Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn sha256(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() -> Outcome {
    let world = World::new().await?;
    let put = world.client.put_object().bucket(BUCKET).key("a b/é+%.jpg").body(ByteStream::from_static(b"hello"));
    let put = put
        .content_type("image/jpeg")
        .content_disposition("inline; filename=\"a.jpg\"")
        .content_language("de")
        .content_encoding("identity")
        .cache_control("private, max-age=5")
        .metadata("colour", "blue")
        .checksum_sha256(sha256(b"hello"))
        .send()
        .await?;
    assert_eq!(put.e_tag(), Some("\"5d41402abc4b2a76b9719d911017c592\""));
    assert_eq!(put.checksum_sha256(), Some(sha256(b"hello").as_str()));
    let get = world.client.get_object().bucket(BUCKET).key("a b/é+%.jpg").checksum_mode(ChecksumMode::Enabled);
    let got = get.send().await?;
    assert_eq!(got.content_type(), Some("image/jpeg"));
    assert_eq!(got.content_disposition(), Some("inline; filename=\"a.jpg\""));
    assert_eq!(got.content_language(), Some("de"));
    assert_eq!(got.content_encoding(), Some("identity"));
    assert_eq!(got.cache_control(), Some("private, max-age=5"));
    assert_eq!(got.metadata().and_then(|map| map.get("colour")).map(String::as_str), Some("blue"));
    assert_eq!(got.checksum_sha256(), Some(sha256(b"hello").as_str()));
    assert_eq!(got.last_modified(), Some(&DateTime::from_millis(START_MILLIS)));
    assert_eq!(got.body.collect().await?.to_vec(), b"hello");
    let head = world.client.head_object().bucket(BUCKET).key("a b/é+%.jpg").send().await?;
    assert_eq!((head.content_length(), head.e_tag()), (Some(5), put.e_tag()));
    assert_eq!(head.checksum_sha256(), None, "checksums are for those who ask");
    assert_eq!(world.store.object_count(BUCKET).await?, 1);
    Ok(())
}

#[tokio::test]
async fn an_object_replaces_the_one_before_and_its_file() -> Outcome {
    let world = World::new().await?;
    world.put("key", "one").await?;
    world.put("key", "two").await?;
    world.put("empty", "").await?;
    assert_eq!(world.get("key").await?, b"two");
    assert_eq!(world.get("empty").await?, b"");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (2, 0));
    Ok(())
}

#[tokio::test]
async fn keys_are_names_and_never_paths() -> Outcome {
    let world = World::new().await?;
    let longest = "k".repeat(1024);
    let keys =
        ["a", "a/b", "a/b/", "/", "//x", "../../etc/passwd", "..", ".", "a/./b", "a//b", "é\u{1}\u{10FFFF}", &longest];
    for key in keys {
        world.put(key, key).await?;
    }
    for key in keys {
        assert_eq!(world.get(key).await?, key.as_bytes(), "{key:?}");
    }
    let too_long = world.client.put_object().bucket(BUCKET).key("k".repeat(1025)).send().await;
    assert_eq!(refusal(too_long), "KeyTooLongError");
    assert_eq!(world.files(".")? - world.files("blobs")?, 3, "the database's three files and nothing else");
    Ok(())
}

#[tokio::test]
async fn nobody_without_a_signature_gets_anything() -> Outcome {
    let world = World::new().await?;
    world.put("key", "secret").await?;
    let http = reqwest::Client::new();
    for path in ["", "originals", "originals/key", "originals?list-type=2", "originals/key?uploads", "nowhere/key"] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::POST, Method::DELETE] {
            let url = format!("http://{}/{path}", world.address);
            let answer = http.request(method.clone(), url).body("x").send().await?;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {path}");
        }
    }
    let form = http.post(format!("http://{}/originals", world.address));
    let form = form.header("content-type", "multipart/form-data; boundary=x").body("--x--").send().await?;
    assert_eq!(form.status(), StatusCode::FORBIDDEN);
    let stranger = config(world.address).credentials_provider(Credentials::new("AKID", "WRONG", None, None, "test"));
    let denied = Client::from_conf(stranger.build()).get_object().bucket(BUCKET).key("key").send().await;
    assert_eq!(refusal(denied), "SignatureDoesNotMatch");
    assert_eq!(world.get("key").await?, b"secret");
    Ok(())
}

#[tokio::test]
async fn buckets_are_those_that_were_configured() -> Outcome {
    let world = World::new().await?;
    let client = &world.client;
    let names: Vec<_> = client.list_buckets().send().await?.buckets.unwrap_or_default();
    let names: Vec<_> = names.into_iter().filter_map(|bucket| bucket.name).collect();
    assert_eq!(names, [BUCKET, OTHER]);
    client.head_bucket().bucket(BUCKET).send().await?;
    client.get_bucket_location().bucket(BUCKET).send().await?;
    assert_eq!(refusal(client.create_bucket().bucket(BUCKET).send().await), "BucketAlreadyOwnedByYou");
    assert_eq!(refusal(client.create_bucket().bucket("another").send().await), "NotImplemented");
    assert_eq!(refusal(client.put_object().bucket("another").key("k").send().await), "NoSuchBucket");
    assert_eq!(refusal(client.list_objects_v2().bucket("another").send().await), "NoSuchBucket");
    assert_eq!(refusal(client.get_bucket_versioning().bucket(BUCKET).send().await), "NotImplemented");
    assert_eq!(refusal(client.get_object_tagging().bucket(BUCKET).key("k").send().await), "NotImplemented");
    assert_eq!(refusal(client.put_object().bucket(BUCKET).key("k").tagging("a=b").send().await), "NotImplemented");
    assert_eq!(refusal(client.get_object().bucket(BUCKET).key("k").send().await), "NoSuchKey");
    Ok(())
}

#[tokio::test]
async fn deleting_is_idempotent_and_removes_the_bytes() -> Outcome {
    let world = World::new().await?;
    for key in ["a", "b", "c"] {
        world.put(key, key).await?;
    }
    let stale = world.client.delete_object().bucket(BUCKET).key("a").if_match("\"stale\"").send().await;
    assert_eq!(refusal(stale), "PreconditionFailed");
    for _ in 0..2 {
        world.client.delete_object().bucket(BUCKET).key("a").send().await?;
    }
    let keys = ["b", "c", "never"].map(|key| ObjectIdentifier::builder().key(key).build());
    let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
    let delete = Delete::builder().set_objects(Some(keys)).build()?;
    let deleted = world.client.delete_objects().bucket(BUCKET).delete(delete).send().await?;
    assert_eq!((deleted.deleted().len(), deleted.errors().len()), (3, 0));
    assert_eq!((world.store.object_count(BUCKET).await?, world.files("blobs")?), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_copy_lives_on_without_its_source() -> Outcome {
    let world = World::new().await?;
    let put = world.client.put_object().bucket(BUCKET).key("from ü").content_type("image/png").metadata("a", "b");
    put.body(ByteStream::from_static(b"bytes")).send().await?;
    let copy = |key: &str| world.client.copy_object().bucket(OTHER).key(key).copy_source("originals/from%20%C3%BC");
    copy("kept").send().await?;
    let replaced = copy("replaced").metadata_directive(MetadataDirective::Replace).content_type("text/plain");
    replaced.send().await?;
    assert_eq!(refusal(copy("never").copy_source_if_match("\"stale\"").send().await), "PreconditionFailed");
    let onto_itself = world.client.copy_object().bucket(BUCKET).key("from ü").copy_source("originals/from%20%C3%BC");
    assert_eq!(refusal(onto_itself.send().await), "InvalidRequest");
    world.client.delete_object().bucket(BUCKET).key("from ü").send().await?;
    assert_eq!(refusal(copy("late").send().await), "NoSuchKey");
    let kept = world.client.get_object().bucket(OTHER).key("kept").send().await?;
    assert_eq!((kept.content_type(), kept.metadata().map(HashMap::len)), (Some("image/png"), Some(1)));
    assert_eq!(kept.body.collect().await?.to_vec(), b"bytes");
    let replaced = world.client.head_object().bucket(OTHER).key("replaced").send().await?;
    assert_eq!((replaced.content_type(), replaced.metadata().map_or(0, HashMap::len)), (Some("text/plain"), 0));
    Ok(())
}

#[tokio::test]
async fn of_fifty_writers_who_want_to_be_first_one_is() -> Outcome {
    let world = World::new().await?;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..50 {
        let put = world.client.put_object().bucket(BUCKET).key("contested").if_none_match("*");
        let put = put.body(format!("writer {writer}").into_bytes().into()).send();
        writers.spawn(async move { (writer, refusal(put.await)) });
    }
    let results = writers.join_all().await;
    let winners: Vec<_> = results.iter().filter(|(_, result)| result == "accepted").collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert_eq!(results.iter().filter(|(_, result)| result == "PreconditionFailed").count(), 49, "{results:?}");
    assert_eq!(world.get("contested").await?, format!("writer {}", winners[0].0).into_bytes());
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (1, 0));
    assert_eq!(world.store.due_events(100).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_writer_may_insist_on_what_it_replaces() -> Outcome {
    let world = World::new().await?;
    let put = |etag: &str| world.client.put_object().bucket(BUCKET).key("key").if_match(etag).send();
    assert_eq!(refusal(put("\"any\"").await), "NoSuchKey");
    let etag = world.put("key", "one").await?;
    assert_eq!(refusal(put("\"stale\"").await), "PreconditionFailed");
    assert_eq!(refusal(put(&etag).await), "accepted");
    assert_eq!(world.get("key").await?, b"");
    Ok(())
}

#[tokio::test]
async fn a_reader_is_told_when_nothing_changed() -> Outcome {
    let world = World::new().await?;
    let etag = world.put("key", "hello").await?;
    let signed = world.client.get_object().bucket(BUCKET).key("key").presigned(valid_for(60)?).await?;
    let at = "Thu, 01 Jan 2026 00:00:00 GMT";
    let before = "Wed, 31 Dec 2025 23:59:59 GMT";
    let cases = [
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"other\"", 200),
        ("if-match", etag.as_str(), 200),
        ("if-match", "\"other\"", 412),
        ("if-modified-since", at, 304),
        ("if-modified-since", before, 200),
        ("if-unmodified-since", at, 200),
        ("if-unmodified-since", before, 412),
    ];
    for (name, value, status) in cases {
        let answer = send(&signed, "", |request| request.header(name, value)).await?;
        assert_eq!(answer.status().as_u16(), status, "{name}: {value}");
        if status == 304 {
            assert_eq!((header(&answer, "etag"), header(&answer, "last-modified")), (etag.clone(), at.to_owned()));
            assert_eq!(header(&answer, "cache-control"), "private, max-age=3600");
        }
    }
    let head = world.client.head_object().bucket(BUCKET).key("key").if_none_match(&etag).send().await;
    let status = head.err().and_then(|error| error.raw_response().map(|raw| raw.status().as_u16()));
    assert_eq!(status, Some(304));
    Ok(())
}

#[tokio::test]
async fn a_range_is_answered_alone() -> Outcome {
    let world = World::new().await?;
    let bytes: Vec<u8> = (0..=255).cycle().take(700_000).collect();
    let etag = world.put("video", bytes.clone()).await?;
    let signed = world.client.get_object().bucket(BUCKET).key("video").presigned(valid_for(60)?).await?;
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, 700_000),
        ("bytes=-7", 699_993, 700_000),
        ("bytes=262143-524289", 262_143, 524_290),
        ("bytes=699999-900000", 699_999, 700_000),
        ("bytes=-900000", 0, 700_000),
    ] {
        let answer = send(&signed, "", |request| request.header("range", range)).await?;
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(header(&answer, "content-range"), format!("bytes {from}-{}/700000", to - 1));
        assert_eq!(header(&answer, "content-length"), (to - from).to_string());
        assert_eq!(answer.bytes().await?, bytes[from..to], "{range}");
    }
    for range in ["bytes=700000-", "bytes=-0"] {
        let answer = send(&signed, "", |request| request.header("range", range)).await?;
        assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(header(&answer, "content-range"), "bytes */700000");
    }
    for (if_range, status) in [(etag.as_str(), 206), ("\"other\"", 200), ("Thu, 01 Jan 2026 00:00:00 GMT", 206)] {
        let ask = |request: reqwest::RequestBuilder| request.header("range", "bytes=0-9").header("if-range", if_range);
        assert_eq!(send(&signed, "", ask).await?.status().as_u16(), status, "{if_range}");
    }
    Ok(())
}

#[tokio::test]
async fn a_reader_keeps_the_bytes_that_it_began_with() -> Outcome {
    let world = World::new().await?;
    let old = vec![b'o'; 16 * MIB];
    world.put("key", old.clone()).await?;
    let mut reading = world.client.get_object().bucket(BUCKET).key("key").send().await?.body;
    let mut read = reading.next().await.ok_or("no first chunk")??.to_vec();
    world.put("key", "new").await?;
    assert_eq!(world.files("blobs")?, 1, "the old file has no name any more");
    while let Some(chunk) = reading.next().await {
        read.extend_from_slice(&chunk?);
    }
    assert!(read == old);
    assert_eq!(world.get("key").await?, b"new");
    Ok(())
}

#[tokio::test]
async fn a_wrong_checksum_replaces_nothing() -> Outcome {
    let world = World::new().await?;
    world.put("key", "old").await?;
    let put = || world.client.put_object().bucket(BUCKET).key("key").body(ByteStream::from_static(b"new"));
    let zeros = |length: usize| BASE64_STANDARD.encode(vec![0; length]);
    assert_eq!(refusal(put().content_md5(zeros(16)).send().await), "BadDigest");
    assert_eq!(refusal(put().content_md5("nonsense").send().await), "InvalidDigest");
    assert_eq!(refusal(put().checksum_sha256(zeros(32)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_sha256(zeros(31)).send().await), "InvalidRequest");
    assert_eq!(refusal(put().checksum_sha1(zeros(20)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_crc32(zeros(4)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_crc32_c(zeros(4)).send().await), "BadDigest");
    assert_eq!(refusal(put().checksum_crc64_nvme(zeros(8)).send().await), "BadDigest");
    assert_eq!(world.get("key").await?, b"old");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (1, 0));
    Ok(())
}

#[tokio::test]
async fn every_checksum_algorithm_is_computed_as_the_official_client_does() -> Outcome {
    let world = World::new().await?;
    for algorithm in [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ] {
        let put = world.client.put_object().bucket(BUCKET).key("key").checksum_algorithm(algorithm.clone());
        put.body(vec![b'x'; 3 * MIB].into()).send().await?;
        // The client checks what it reads against the checksum that is answered with it.
        let get = world.client.get_object().bucket(BUCKET).key("key").checksum_mode(ChecksumMode::Enabled);
        let got = get.send().await?;
        let answered = [got.checksum_crc32(), got.checksum_crc32_c(), got.checksum_crc64_nvme()];
        let answered = answered.into_iter().chain([got.checksum_sha1(), got.checksum_sha256()]).flatten().count();
        assert_eq!(answered, 1, "{algorithm:?}");
        assert_eq!(got.checksum_type(), Some(&ChecksumType::FullObject));
        assert_eq!(got.body.collect().await?.to_vec().len(), 3 * MIB);
    }
    Ok(())
}

#[tokio::test]
async fn what_the_network_corrupts_is_refused() -> Outcome {
    let world = World::new().await?;
    world.put("key", "old").await?;
    world.corrupts.store(true, Ordering::SeqCst);
    // The client's default is a checksum: in a header for bytes in memory.
    let body = || ByteStream::from_static(b"these bytes are clean");
    let put = world.client.put_object().bucket(BUCKET).key("key").body(body()).send().await;
    assert_eq!(refusal(put), "XAmzContentSHA256Mismatch");
    // Without one, there is the hash that the signature covers.
    let plain = config(world.address).request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
    let plain = Client::from_conf(plain.build());
    let put = plain.put_object().bucket(BUCKET).key("key").body(body()).send().await;
    assert_eq!(refusal(put), "XAmzContentSHA256Mismatch");
    // And a stream is signed chunk by chunk, with its checksum after it.
    let file = world.dir.path().join("upload.txt");
    std::fs::write(&file, "these bytes are clean")?;
    let put = world.client.put_object().bucket(BUCKET).key("key").body(ByteStream::from_path(&file).await?);
    assert_eq!(refusal(put.send().await), "SignatureDoesNotMatch");
    world.corrupts.store(false, Ordering::SeqCst);
    assert_eq!(world.get("key").await?, b"old");
    let put = world.client.put_object().bucket(BUCKET).key("key").body(ByteStream::from_path(&file).await?);
    put.send().await?;
    let head = world.client.head_object().bucket(BUCKET).key("key").checksum_mode(ChecksumMode::Enabled).send().await?;
    assert_eq!(head.content_encoding(), None, "how the body travelled is not kept");
    assert!(head.checksum_crc32().is_some(), "the checksum that came after the body is kept");
    assert_eq!(world.get("key").await?, b"these bytes are clean");
    Ok(())
}

#[tokio::test]
async fn a_signed_upload_takes_what_was_signed_and_nothing_else() -> Outcome {
    let world = World::new().await?;
    let bytes = b"the picture".as_slice();
    let put = world.client.put_object().bucket(BUCKET).key("picture").content_type("image/jpeg").if_none_match("*");
    let put = put.content_length(11).checksum_sha256(sha256(bytes));
    let signed = put.presigned(valid_for(60)?).await?;
    let names: BTreeSet<_> = signed.headers().map(|(name, _)| name.to_ascii_lowercase()).collect();
    for name in ["content-length", "content-type", "if-none-match", "x-amz-checksum-sha256"] {
        assert!(names.contains(name), "{name} is signed");
    }
    let status = async |body: &'static [u8], header: &'static str, value: &'static str| {
        let change = |request: reqwest::RequestBuilder| match value {
            "" => without(request, header),
            _ => with(request, header, value),
        };
        send(&signed, body, change).await.map(|answer| answer.status().as_u16())
    };
    assert_eq!(status(b"the picturesque", "x", "y").await?, 403, "another length");
    assert_eq!(status(bytes, "content-type", "text/html").await?, 403);
    assert_eq!(status(bytes, "content-type", "").await?, 403);
    assert_eq!(status(bytes, "if-none-match", "").await?, 403);
    assert_eq!(status(bytes, "x-amz-checksum-sha256", "").await?, 403);
    assert_eq!(status(bytes, "x-amz-meta-colour", "blue").await?, 403, "a header that was not signed");
    assert_eq!(status(bytes, "x-amz-copy-source", "originals/other").await?, 403, "a copy is not a put");
    assert_eq!(status(b"the forgery", "x", "y").await?, 400, "another checksum");
    assert_eq!(world.store.object_count(BUCKET).await?, 0);
    assert_eq!(status(bytes, "x", "y").await?, 200);
    assert_eq!(status(bytes, "x", "y").await?, 412, "there is one now");
    assert_eq!(world.get("picture").await?, bytes);
    Ok(())
}

fn with(request: reqwest::RequestBuilder, name: &'static str, value: &'static str) -> reqwest::RequestBuilder {
    request.headers(reqwest::header::HeaderMap::from_iter([(
        reqwest::header::HeaderName::from_static(name),
        reqwest::header::HeaderValue::from_static(value),
    )]))
}

fn without(request: reqwest::RequestBuilder, name: &'static str) -> reqwest::RequestBuilder {
    let (client, request) = request.build_split();
    let mut request = request.expect("the request is well formed");
    request.headers_mut().remove(name);
    reqwest::RequestBuilder::from_parts(client, request)
}

#[tokio::test]
async fn a_signed_url_is_for_one_thing_and_a_while() -> Outcome {
    let world = World::new().await?;
    world.put("key", "hello").await?;
    world.put("other", "secret").await?;
    let get = || world.client.get_object().bucket(BUCKET).key("key");
    let overridden = get()
        .response_content_type("video/mp4")
        .response_content_disposition("attachment; filename=\"a.mp4\"")
        .response_cache_control("private, max-age=7");
    let signed = overridden.presigned(valid_for(60)?).await?;
    let answer = send(&signed, "", |request| request).await?;
    assert_eq!(header(&answer, "content-type"), "video/mp4");
    assert_eq!(header(&answer, "content-disposition"), "attachment; filename=\"a.mp4\"");
    assert_eq!(header(&answer, "cache-control"), "private, max-age=7");
    assert_eq!(answer.text().await?, "hello");
    let http = reqwest::Client::new();
    let (_, signature) = signed.uri().split_once("X-Amz-Signature=").ok_or("no signature")?;
    let forged = if signature.starts_with('0') { "1" } else { "0" };
    for (from, to) in [
        ("/originals/key", "/originals/other"),
        ("video%2Fmp4", "text%2Fhtml"),
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
        (signature, &format!("{forged}{}", &signature[1..])),
    ] {
        let url = signed.uri().replace(from, to);
        assert_ne!(url, signed.uri());
        assert_eq!(http.get(url).send().await?.status(), StatusCode::FORBIDDEN, "{from}");
    }
    assert_eq!(http.put(signed.uri()).body("x").send().await?.status(), StatusCode::FORBIDDEN, "another method");
    let hoisted = format!("{}&x-amz-checksum-sha256=abc", signed.uri());
    assert_eq!(http.get(hoisted).send().await?.status(), StatusCode::NOT_IMPLEMENTED);
    for (seconds, status) in [(3590, StatusCode::FORBIDDEN), (3700, StatusCode::OK)] {
        let config = PresigningConfig::builder().start_time(an_hour_ago()).expires_in(Duration::from_secs(seconds));
        let signed = get().presigned(config.build()?).await?;
        assert_eq!(send(&signed, "", |request| request).await?.status(), status, "{seconds} s");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "signatures are checked against the system's clock")]
fn an_hour_ago() -> SystemTime {
    SystemTime::now() - Duration::from_hours(1)
}

#[tokio::test]
async fn a_signed_put_cannot_be_made_a_copy() -> Outcome {
    let world = World::new().await?;
    world.put("other", "secret").await?;
    let signed = world.client.put_object().bucket(BUCKET).key("mine").presigned(valid_for(60)?).await?;
    // Escapes that hide the signature from a careless reader, beside a header that claims all is signed.
    let hidden = signed.uri().replace("X-Amz-Signature=", "X-Amz-Signatur%65=");
    assert_ne!(hidden, signed.uri());
    for url in [signed.uri(), &hidden, &hidden.replace("X-Amz-SignedHeaders", "X-Amz-SignedHeader%73")] {
        let copy = reqwest::Client::new().put(url).header("x-amz-copy-source", "originals/other");
        let claim = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/s3/aws4_request, \
                     SignedHeaders=host;x-amz-copy-source, Signature=0";
        assert_eq!(copy.header("authorization", claim).send().await?.status(), StatusCode::FORBIDDEN, "{url}");
    }
    assert_eq!(refusal(world.client.head_object().bucket(BUCKET).key("mine").send().await), "NotFound");
    Ok(())
}

#[tokio::test]
async fn what_is_shown_can_do_nothing_else() -> Outcome {
    let world = World::new().await?;
    let put = world.client.put_object().bucket(BUCKET).key("page").content_type("text/html");
    put.body(ByteStream::from_static(b"<script>")).send().await?;
    let signed = world.client.get_object().bucket(BUCKET).key("page").presigned(valid_for(60)?).await?;
    let missing = world.client.get_object().bucket(BUCKET).key("missing").presigned(valid_for(60)?).await?;
    let anonymous = reqwest::Client::new().get(format!("http://{}/originals/page", world.address)).send().await?;
    let answers = [send(&signed, "", |r| r).await?, send(&missing, "", |r| r).await?, anonymous];
    for answer in &answers {
        assert_eq!(header(answer, "x-content-type-options"), "nosniff");
        assert!(header(answer, "content-security-policy").starts_with("sandbox; default-src 'none';"));
        assert_eq!(header(answer, "cross-origin-resource-policy"), "cross-origin");
        assert_eq!(header(answer, "vary"), "Origin");
    }
    let caching = answers.each_ref().map(|answer| header(answer, "cache-control"));
    assert_eq!(caching, ["private, max-age=3600", "no-store", "no-store"]);
    Ok(())
}

#[tokio::test]
async fn pages_of_an_allowed_origin_may_read_and_write() -> Outcome {
    let world = World::new().await?;
    world.put("key", "hello").await?;
    let url = format!("http://{}/originals/key", world.address);
    let preflight = async |origin: &str, method: &str| {
        let ask = reqwest::Client::new().request(Method::OPTIONS, &url).header("origin", origin);
        let ask = ask.header("access-control-request-method", method);
        ask.header("access-control-request-headers", "content-type,x-amz-checksum-sha256,cookie").send().await
    };
    let allowed = preflight("https://photos.example", "PUT").await?;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(header(&allowed, "access-control-allow-origin"), "https://photos.example");
    assert_eq!(header(&allowed, "access-control-allow-methods"), "GET, HEAD, PUT, POST");
    assert_eq!(header(&allowed, "access-control-allow-headers"), "content-type, x-amz-checksum-sha256");
    assert!(!header(&allowed, "access-control-max-age").is_empty());
    assert!(header(&allowed, "vary").starts_with("Origin"));
    for (origin, method) in [("https://evil.example", "PUT"), ("null", "GET"), ("https://photos.example", "DELETE")] {
        let refused = preflight(origin, method).await?;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{origin} {method}");
        assert_eq!(header(&refused, "access-control-allow-origin"), "");
    }
    let signed = world.client.get_object().bucket(BUCKET).key("key").presigned(valid_for(60)?).await?;
    let own = send(&signed, "", |request| request.header("origin", "https://photos.example")).await?;
    assert_eq!(header(&own, "access-control-allow-origin"), "https://photos.example");
    assert!(header(&own, "access-control-expose-headers").contains("ETag"));
    let foreign = send(&signed, "", |request| request.header("origin", "https://evil.example")).await?;
    assert_eq!(
        (header(&foreign, "access-control-allow-origin"), header(&foreign, "vary").as_str()),
        (String::new(), "Origin")
    );
    Ok(())
}

#[tokio::test]
async fn an_upload_in_parts_becomes_one_object() -> Outcome {
    let world = World::new().await?;
    let key = "video";
    let id = world.begin(key).await?;
    let second = world.part(key, &id, 7, b"the end".to_vec()).await?;
    world.part(key, &id, 2, vec![b'x'; 5 * MIB]).await?;
    let first = world.part(key, &id, 2, vec![b'a'; 5 * MIB]).await?;
    let listed = world.client.list_parts().bucket(BUCKET).key(key).upload_id(&id).max_parts(1).send().await?;
    assert_eq!((listed.parts().len(), listed.is_truncated()), (1, Some(true)));
    assert_eq!((listed.parts()[0].part_number(), listed.parts()[0].e_tag()), (Some(2), first.e_tag()));
    assert_eq!(world.client.list_multipart_uploads().bucket(BUCKET).send().await?.uploads().len(), 1);
    assert_eq!(world.store.object_count(BUCKET).await?, 0);
    let etag = world.complete(key, &id, &[first.clone(), second.clone()]).await?;
    assert!(etag.ends_with("-2\""), "{etag}");
    let bytes = world.get(key).await?;
    assert_eq!((bytes.len(), &bytes[5 * MIB - 1..]), (5 * MIB + 7, b"athe end".as_slice()));
    assert_eq!(world.files("blobs")?, 1, "the parts are gone");
    assert_eq!(world.client.list_multipart_uploads().bucket(BUCKET).send().await?.uploads().len(), 0);
    // The answer got lost: the client asks again, even after the object was replaced.
    assert_eq!(world.complete(key, &id, &[first.clone(), second.clone()]).await?, etag);
    world.put(key, "newer").await?;
    assert_eq!(world.complete(key, &id, &[first, second]).await?, etag);
    assert_eq!(world.get(key).await?, b"newer");
    assert_eq!(world.store.due_events(10).await?.len(), 2, "a retry makes no event");
    Ok(())
}

#[tokio::test]
async fn parts_that_do_not_fit_are_refused() -> Outcome {
    let world = World::new().await?;
    let key = "video";
    let id = world.begin(key).await?;
    let small = world.part(key, &id, 1, b"small".to_vec()).await?;
    let last = world.part(key, &id, 2, b"last".to_vec()).await?;
    let wrong = CompletedPart::builder().part_number(1).e_tag("\"0123\"").build();
    let missing = CompletedPart::builder().part_number(3).e_tag("\"0123\"").build();
    let complete = async |parts: &[CompletedPart]| world.complete(key, &id, parts).await.err().unwrap_or_default();
    assert_eq!(complete(&[small.clone(), last.clone()]).await, "EntityTooSmall");
    assert_eq!(complete(&[last.clone(), small.clone()]).await, "InvalidPartOrder");
    assert_eq!(complete(&[small.clone(), small.clone()]).await, "InvalidPartOrder");
    assert_eq!(complete(&[wrong]).await, "InvalidPart");
    assert_eq!(complete(&[last.clone(), missing]).await, "InvalidPart");
    assert_eq!(complete(&[]).await, "MalformedXML");
    assert_eq!(
        world.complete("another", &id, std::slice::from_ref(&last)).await.err().as_deref(),
        Some("NoSuchUpload")
    );
    let part = || world.client.upload_part().bucket(BUCKET).key(key).upload_id(&id);
    assert_eq!(refusal(part().part_number(10_001).send().await), "InvalidArgument");
    assert_eq!(refusal(part().part_number(1).content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await), "BadDigest");
    let abort = || world.client.abort_multipart_upload().bucket(BUCKET).key(key).upload_id(&id).send();
    abort().await?;
    assert_eq!(refusal(abort().await), "NoSuchUpload");
    assert_eq!(complete(&[last]).await, "NoSuchUpload");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (0, 0));
    Ok(())
}

#[tokio::test]
async fn of_two_uploads_in_parts_one_is_first() -> Outcome {
    let world = World::new().await?;
    let mut done = tokio::task::JoinSet::new();
    for writer in 0..8_u8 {
        let id = world.begin("key").await?;
        let part = world.part("key", &id, 1, vec![writer]).await?;
        let parts = CompletedMultipartUpload::builder().parts(part).build();
        let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("key").upload_id(&id);
        let complete = complete.multipart_upload(parts).if_none_match("*");
        // Twice at once, as a client that lost patience does.
        let again = complete.clone();
        done.spawn(async move { [refusal(complete.send().await), refusal(again.send().await)] });
    }
    let results = done.join_all().await;
    let count = |code: &str| results.iter().filter(|pair| pair.iter().all(|result| result == code)).count();
    assert_eq!((count("accepted"), count("PreconditionFailed")), (1, 7), "{results:?}");
    assert_eq!(world.store.due_events(10).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn parts_give_the_checksum_of_the_whole() -> Outcome {
    let world = World::new().await?;
    let client = &world.client;
    let (first, second) = (vec![b'1'; 5 * MIB], b"2".to_vec());
    let composite = format!("{}-2", sha256(&[Sha256::digest(&first), Sha256::digest(&second)].concat()));
    for algorithm in [ChecksumAlgorithm::Sha256, ChecksumAlgorithm::Crc64Nvme] {
        let upload = client.create_multipart_upload().bucket(BUCKET).key("key").checksum_algorithm(algorithm.clone());
        let id = upload.send().await?.upload_id.ok_or("no upload id")?;
        let mut parts = CompletedMultipartUpload::builder();
        for (number, bytes) in [(1, &first), (2, &second)] {
            let part = client.upload_part().bucket(BUCKET).key("key").upload_id(&id).part_number(number);
            let part = part.checksum_algorithm(algorithm.clone()).body(bytes.clone().into()).send().await?;
            parts = parts.parts(
                CompletedPart::builder()
                    .part_number(number)
                    .set_e_tag(part.e_tag)
                    .set_checksum_sha256(part.checksum_sha256)
                    .set_checksum_crc64_nvme(part.checksum_crc64_nvme)
                    .build(),
            );
        }
        let complete = client.complete_multipart_upload().bucket(BUCKET).key("key").upload_id(&id);
        let complete = complete.multipart_upload(parts.build());
        let wrong = complete.clone().mpu_object_size(3).send().await;
        assert_eq!(refusal(wrong), "InvalidRequest");
        let done = complete.send().await?;
        if algorithm == ChecksumAlgorithm::Sha256 {
            assert_eq!(done.checksum_sha256(), Some(composite.as_str()));
            assert_eq!(done.checksum_type(), Some(&ChecksumType::Composite));
        } else {
            assert_eq!(done.checksum_type(), Some(&ChecksumType::FullObject));
        }
        // The client checks the checksum of the whole while it reads.
        let got = client.get_object().bucket(BUCKET).key("key").checksum_mode(ChecksumMode::Enabled).send().await?;
        assert_eq!(got.checksum_crc64_nvme().is_some(), algorithm == ChecksumAlgorithm::Crc64Nvme);
        assert_eq!(got.body.collect().await?.to_vec().len(), 5 * MIB + 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_dropped_connection_leaves_the_old_object() -> Outcome {
    let world = World::new().await?;
    world.put("key", "old").await?;
    let put = world.client.put_object().bucket(BUCKET).key("key").content_length(50_000_000);
    let signed = put.presigned(valid_for(60)?).await?;
    let path = signed.uri().split_once(&world.address.to_string()).ok_or("no path")?.1.to_owned();
    let address = world.address;
    tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "PUT {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 50000000\r\n\r\n")?;
        stream.write_all(&vec![b'n'; 3 * MIB])?;
        stream.shutdown(Shutdown::Write)?;
        // The server hangs up when it has done with the request.
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
    })
    .await??;
    assert_eq!(world.get("key").await?, b"old");
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (1, 0));
    Ok(())
}

#[tokio::test]
async fn a_restart_keeps_what_was_acknowledged_and_removes_the_rest() -> Outcome {
    let world = World::new().await?;
    world.put("key", "kept").await?;
    let id = world.begin("video").await?;
    let part = world.part("video", &id, 1, b"part".to_vec()).await?;
    let blobs = world.dir.path().join("blobs");
    std::fs::create_dir_all(blobs.join("ZZ"))?;
    std::fs::write(blobs.join("ZZ").join("0000000000000000000000000Z"), "renamed, but no row")?;
    std::fs::write(world.dir.path().join("incoming").join("unfinished"), "half")?;
    let world = world.restarted().await?;
    assert_eq!((world.files("blobs")?, world.files("incoming")?), (2, 0));
    assert_eq!(world.get("key").await?, b"kept");
    assert_eq!(world.store.due_events(10).await?.len(), 1);
    let etag = world.complete("video", &id, std::slice::from_ref(&part)).await?;
    let world = world.restarted().await?;
    assert_eq!(world.complete("video", &id, &[part]).await?, etag, "a retry after a restart");
    assert_eq!(world.get("video").await?, b"part");
    Ok(())
}

#[tokio::test]
async fn a_folder_that_lost_its_database_is_left_alone() -> Outcome {
    let world = World::new().await?;
    world.put("key", "precious").await?;
    for name in ["objects.sqlite", "objects.sqlite-wal", "objects.sqlite-shm"] {
        std::fs::remove_file(world.dir.path().join(name))?;
    }
    let dir = Arc::clone(&world.dir);
    let error = world.restarted().await.err().ok_or("the store was opened")?;
    assert!(error.to_string().starts_with("cannot open the object store at "), "{error}");
    assert_eq!(count_files(&dir.path().join("blobs"))?, 1);
    Ok(())
}

#[tokio::test]
async fn an_upload_that_nobody_completes_is_forgotten() -> Outcome {
    let world = World::new().await?;
    let old = world.begin("old").await?;
    world.part("old", &old, 1, b"part".to_vec()).await?;
    world.pass_seconds(6 * 24 * 3600);
    let young = world.begin("young").await?;
    let part = world.part("young", &young, 1, b"part".to_vec()).await?;
    assert_eq!(world.store.expire_uploads().await?, 0);
    world.pass_seconds(2 * 24 * 3600);
    assert_eq!((world.store.expire_uploads().await?, world.files("blobs")?), (1, 1));
    let uploads = world.client.list_multipart_uploads().bucket(BUCKET).prefix("y").send().await?;
    assert_eq!(uploads.uploads().iter().map(|upload| upload.upload_id()).collect::<Vec<_>>(), [Some(young.as_str())]);
    world.complete("young", &young, &[part]).await?;
    assert_eq!(world.get("young").await?, b"part");
    Ok(())
}

#[tokio::test]
async fn uploads_are_listed_by_key_and_age() -> Outcome {
    let world = World::new().await?;
    let mut begun = Vec::new();
    for key in ["b", "a/1", "b", "c"] {
        world.pass_seconds(1);
        begun.push(world.begin(key).await?);
    }
    let list = world.client.list_multipart_uploads().bucket(BUCKET).max_uploads(1);
    let (mut seen, mut key, mut id) = (Vec::new(), None, None);
    loop {
        let page = list.clone().set_key_marker(key).set_upload_id_marker(id).send().await?;
        seen.extend(page.uploads().iter().filter_map(|upload| upload.upload_id().map(str::to_owned)));
        (key, id) = (page.next_key_marker.clone(), page.next_upload_id_marker.clone());
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(seen, [&begun[1], &begun[0], &begun[2], &begun[3]].map(Clone::clone));
    let after_b = world.client.list_multipart_uploads().bucket(BUCKET).key_marker("b").send().await?;
    assert_eq!(after_b.uploads().len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_event_is_tried_until_it_is_delivered_or_dead() -> Outcome {
    let world = World::new().await?;
    let store = &world.store;
    let waiting = tokio::spawn({
        let store = Arc::clone(store);
        async move { store.wait_for_event().await }
    });
    let etag = world.put("a b/é", "hello").await?;
    waiting.await?;
    let copy = world.client.copy_object().bucket(BUCKET).key("copy").copy_source("originals/a%20b/%C3%A9");
    copy.send().await?;
    let silent = world.client.put_object().bucket(OTHER).key("silent").send().await?;
    assert!(silent.e_tag().is_some());
    let events = store.due_events(10).await?;
    assert_eq!(events.iter().map(|event| event.key.as_str()).collect::<Vec<_>>(), ["a b/é", "copy"]);
    assert_eq!((events[0].bucket.as_str(), events[0].size_bytes, events[0].attempts), (BUCKET, 5, 0));
    assert_eq!(format!("\"{}\"", events[0].etag), etag);
    assert_eq!(events[0].created.unix_millis(), START_MILLIS);
    assert!(events[0].sequencer < events[1].sequencer);
    assert_eq!(store.due_events(1).await?.len(), 1);
    store.complete_event(events[1].id).await?;
    let id = events[0].id;
    for attempt in 1..=5 {
        assert_eq!(store.due_events(10).await?.iter().map(|event| event.attempts).collect::<Vec<_>>(), [attempt - 1]);
        store.fail_event(id, &format!("failure {attempt}")).await?;
        assert_eq!(store.due_events(10).await?, []);
        let wait = 1 << attempt;
        if attempt < 5 {
            let now = Timestamp::from_unix_millis(world.now.load(Ordering::SeqCst));
            assert_eq!(store.next_due().await?, Some(now.plus_seconds(wait)));
        }
        world.pass_seconds(wait - 1);
        assert_eq!(store.due_events(10).await?, []);
        world.pass_seconds(1);
    }
    assert_eq!((store.due_events(10).await?, store.next_due().await?), (vec![], None));
    let dead = store.dead_events().await?;
    assert_eq!((dead.len(), dead[0].reason.as_str(), dead[0].event.attempts), (1, "failure 5", 5));
    assert_eq!((store.redrive().await?, store.redrive().await?), (1, 0));
    assert_eq!(store.due_events(10).await?.iter().map(|event| event.attempts).collect::<Vec<_>>(), [0]);
    assert_eq!(store.dead_events().await?, []);
    Ok(())
}

#[tokio::test]
async fn an_old_listing_goes_on_after_its_marker() -> Outcome {
    let world = World::new().await?;
    for key in ["a/1", "a/2", "b", "c/1"] {
        world.put(key, "x").await?;
    }
    let list = |marker: String| world.client.list_objects().bucket(BUCKET).delimiter("/").max_keys(1).marker(marker);
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let page = list(marker).send().await?;
        seen.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        seen.extend(page.common_prefixes().iter().filter_map(|prefix| prefix.prefix().map(str::to_owned)));
        marker = page.next_marker().unwrap_or_default().to_owned();
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(seen, ["a/", "b", "c/"]);
    let list = world.client.list_objects_v2().bucket(BUCKET);
    assert_eq!(refusal(list.clone().continuation_token("nonsense").send().await), "InvalidArgument");
    assert_eq!(refusal(list.clone().max_keys(-1).send().await), "InvalidArgument");
    let none = list.max_keys(0).send().await?;
    assert_eq!((none.key_count(), none.is_truncated()), (Some(0), Some(false)));
    Ok(())
}

/// What to list of which keys.
#[derive(Clone, Debug)]
struct Listing {
    keys: BTreeSet<String>,
    prefix: String,
    delimiter: Option<String>,
    start_after: String,
    max_keys: i32,
}

fn listings() -> impl Strategy<Value = Listing> {
    let key = "[ab/é ÿ\u{1}\u{10FFFF}+%&~<\u{7f}.]{1,5}"
        .prop_filter("the client takes no blank key", |key| !key.trim().is_empty());
    let short = "[ab/é]{0,2}";
    let delimiter = proptest::option::of(prop_oneof!["/", "b", "é", "//"]);
    (proptest::collection::btree_set(key, 0..14), short, delimiter, short, 1..5).prop_map(
        |(keys, prefix, delimiter, start_after, max_keys)| Listing { keys, prefix, delimiter, start_after, max_keys },
    )
}

impl Listing {
    /// Objects (false) and common prefixes (true), in order, by reading all keys.
    fn expected(&self) -> BTreeMap<String, bool> {
        let listed = self.keys.iter().filter(|key| key.starts_with(&self.prefix) && **key > self.start_after);
        let fold = |key: &String| {
            let rest = &key[self.prefix.len()..];
            let end =
                self.delimiter.as_ref().and_then(|delimiter| Some(rest.find(delimiter.as_str())? + delimiter.len()));
            end.map_or_else(|| (key.clone(), false), |end| (key[..self.prefix.len() + end].to_owned(), true))
        };
        listed.map(fold).collect()
    }

    async fn actual(&self, client: &Client) -> Result<Vec<(String, bool)>, Box<dyn Error>> {
        let list = client.list_objects_v2().bucket(BUCKET).encoding_type(EncodingType::Url).max_keys(self.max_keys);
        let list = list.prefix(&self.prefix).set_delimiter(self.delimiter.clone());
        let list = list.start_after(&self.start_after);
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let page = list.clone().set_continuation_token(token).send().await?;
            let keys = page.contents().iter().filter_map(|object| object.key()).map(|key| (decoded(key), false));
            let prefixes = page.common_prefixes().iter().filter_map(|prefix| prefix.prefix());
            let mut entries: Vec<_> = keys.chain(prefixes.map(|prefix| (decoded(prefix), true))).collect();
            assert_eq!(page.key_count(), i32::try_from(entries.len()).ok());
            assert!(page.key_count() <= Some(self.max_keys));
            entries.sort();
            seen.extend(entries);
            token = page.next_continuation_token().map(str::to_owned);
            if page.is_truncated() != Some(true) {
                return Ok(seen);
            }
        }
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = if byte == b'%' { [rest.next(), rest.next()] } else { [None, None] };
        bytes.push(match hex {
            [Some(high), Some(low)] => hex::decode([high, low]).expect("two hexadecimal digits")[0],
            _ => byte,
        });
    }
    String::from_utf8(bytes).expect("keys are UTF-8")
}

#[test]
fn pages_are_in_byte_order_and_fold_at_the_delimiter() -> Outcome {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let world = runtime.block_on(World::new())?;
    runner.run(&listings(), |listing| {
        let actual = runtime.block_on(async {
            for key in &listing.keys {
                world.put(key, "x").await?;
            }
            let actual = listing.actual(&world.client).await;
            for key in &listing.keys {
                world.client.delete_object().bucket(BUCKET).key(key).send().await?;
            }
            actual
        });
        let actual = actual.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!(actual, listing.expected().into_iter().collect::<Vec<_>>());
        Ok(())
    })?;
    Ok(())
}
