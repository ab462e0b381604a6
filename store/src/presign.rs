//! Presigned URLs: addresses that carry a permission for a while.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use aws_smithy_runtime_api::client::identity::Identity;
use model::{
    Error, FileName, MediaId, RenditionName, Sha256, Timestamp,
    object_key::{OriginalsKey, rendition_key},
    upload::Part,
};

use crate::{MediaAddress, Settings, Store};

/// The signing time of a view is that of the start of its window, so that the same URL comes back and is cached.
const VIEW_WINDOW_SECONDS: i64 = 3_600;
const VIEW_LIFETIME: Duration = Duration::from_hours(2);
const UPLOAD_LIFETIME: Duration = Duration::from_hours(1);

/// A presigned URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUrl {
    /// The address.
    pub url: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// A request that a client sends to upload bytes: exactly this method, address and headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadTarget {
    /// The address.
    pub signed: SignedUrl,
    /// The headers that it must carry; a browser adds `content-length` by itself.
    pub headers: Vec<(&'static str, String)>,
}

/// Signs URLs for one request, as of one moment.
#[derive(Debug)]
pub struct Presigner {
    identity: Identity,
    region: String,
    settings: Settings,
    callers_host: String,
    now: Timestamp,
}

impl Store {
    /// A signer for a caller who came by `callers_host` (a name or address without port).
    pub async fn presigner(&self, callers_host: &str, now: Timestamp) -> Result<Presigner, Error> {
        let credentials: Credentials = self.current_credentials().await?;
        Ok(Presigner {
            identity: credentials.into(),
            region: self.region.clone(),
            settings: self.settings.clone(),
            callers_host: callers_host.to_owned(),
            now,
        })
    }
}

impl Presigner {
    /// An address to look at a rendition.
    pub fn view_rendition(&self, id: MediaId, recipe: &str, name: RenditionName) -> Result<SignedUrl, Error> {
        let url = self.object_url(&self.settings.renditions_bucket, &rendition_key(id, recipe, name));
        self.view(url, name.content_type(), "inline")
    }

    /// An address to download an upright copy of an original, under the name that the original came with.
    pub fn download_upright(&self, id: MediaId, recipe: &str, file_name: &FileName) -> Result<SignedUrl, Error> {
        let name = RenditionName::Upright;
        let url = self.object_url(&self.settings.renditions_bucket, &rendition_key(id, recipe, name));
        self.view(url, name.content_type(), &attachment(file_name))
    }

    /// An address to download an original, under the name that it came with.
    pub fn download_original(&self, id: MediaId, content_type: &str, file_name: &FileName) -> Result<SignedUrl, Error> {
        let url = self.object_url(&self.settings.originals_bucket, &OriginalsKey::Original(id).to_string());
        self.view(url, content_type, &attachment(file_name))
    }

    /// A request that stores an original in one piece, if these are its bytes and nothing is stored yet.
    pub fn put_original(
        &self,
        id: MediaId,
        content_type: &str,
        size_bytes: u64,
        sha256: Sha256,
    ) -> Result<UploadTarget, Error> {
        let url = self.object_url(&self.settings.originals_bucket, &OriginalsKey::Original(id).to_string());
        self.upload(
            &url,
            size_bytes,
            vec![
                ("content-type", content_type.to_owned()),
                ("if-none-match", "*".to_owned()),
                ("x-amz-checksum-sha256", sha256.to_base64()),
            ],
        )
    }

    /// A request that stores one part of an original.
    pub fn put_part(&self, id: MediaId, multipart_id: &str, part: Part) -> Result<UploadTarget, Error> {
        let mut url = self.object_url(&self.settings.originals_bucket, &OriginalsKey::Original(id).to_string());
        url.push_str(&query(&[("partNumber", &part.number.to_string()), ("uploadId", multipart_id)]));
        self.upload(&url, part.length, Vec::new())
    }

    fn view(&self, mut url: String, content_type: &str, disposition: &str) -> Result<SignedUrl, Error> {
        url.push_str(&query(&[
            ("response-cache-control", "private, max-age=31536000, immutable"),
            ("response-content-disposition", disposition),
            ("response-content-type", content_type),
        ]));
        self.sign("GET", &url, &[], self.now.floor_to(VIEW_WINDOW_SECONDS), VIEW_LIFETIME)
    }

    fn upload(&self, url: &str, size_bytes: u64, headers: Vec<(&'static str, String)>) -> Result<UploadTarget, Error> {
        let length = size_bytes.to_string();
        let mut signed_headers = vec![("content-length", length.as_str())];
        signed_headers.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
        let signed = self.sign("PUT", url, &signed_headers, self.now, UPLOAD_LIFETIME)?;
        Ok(UploadTarget { signed, headers })
    }

    /// Signs by AWS Signature Version 4 in the query, the payload unsigned, as Amazon S3 specifies it.
    fn sign(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        time: Timestamp,
        lifetime: Duration,
    ) -> Result<SignedUrl, Error> {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.expires_in = Some(lifetime);
        let millis = u64::try_from(time.unix_millis()).map_err(Error::internal)?;
        let params = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name("s3")
            .time(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
            .settings(settings)
            .build()
            .map_err(Error::internal)?
            .into();
        let request = SignableRequest::new(method, url, headers.iter().copied(), SignableBody::UnsignedPayload)
            .map_err(Error::internal)?;
        let (instructions, _) = sign(request, &params).map_err(Error::internal)?.into_parts();
        let mut signed = url.to_owned();
        for (name, value) in instructions.params() {
            signed.push(if signed.contains('?') { '&' } else { '?' });
            signed.push_str(name);
            signed.push('=');
            signed.push_str(&encode(value));
        }
        let lifetime_seconds = i64::try_from(lifetime.as_secs()).map_err(Error::internal)?;
        Ok(SignedUrl { url: signed, expires_at: time.plus_seconds(lifetime_seconds) })
    }

    /// Keys are made of letters, digits, `_`, `-` and `/` only, so that they need no encoding.
    fn object_url(&self, bucket: &str, key: &str) -> String {
        match &self.settings.media_address {
            MediaAddress::Aws => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", self.region),
            MediaAddress::Fixed(base) => format!("{base}/{bucket}/{key}"),
            MediaAddress::CallersHost(port) => format!("http://{}:{port}/{bucket}/{key}", self.callers_host),
        }
    }
}

fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("?{}", pairs.join("&"))
}

/// Percent-encodes all but the unreserved characters of RFC 3986, section 2.3, as signing asks for.
fn encode(text: &str) -> Cow<'_, str> {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    if text.bytes().all(unreserved) {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if unreserved(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex_digits(byte));
        }
    }
    Cow::Owned(encoded)
}

fn hex_digits(byte: u8) -> String {
    format!("{byte:02X}")
}

/// `Content-Disposition` by RFC 6266: a plain name for old programs, the true one in UTF-8.
fn attachment(name: &FileName) -> String {
    let plain: String = name
        .as_str()
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encode(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_script_survives_the_header() {
        let name = FileName::parse("Ömas \"Torte\"; 50%.jpg", "fileName").expect("a valid name");
        assert_eq!(
            attachment(&name),
            "attachment; filename=\"_mas _Torte__ 50_.jpg\"; filename*=UTF-8''%C3%96mas%20%22Torte%22%3B%2050%25.jpg"
        );
    }
}
