//! The checksums of S3: declared, computed, compared, combined.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use crc_fast::{CrcAlgorithm, checksum_combine};
use s3s::{
    S3Result,
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256},
    dto, s3_error,
};
use serde::{Deserialize, Serialize};

/// The checksums in the fields of one of the many structs of `s3s` that have them.
macro_rules! checksums_of {
    ($from:expr) => {{
        let from = &$from;
        Checksums::of([
            (Algorithm::Crc32, from.checksum_crc32.clone()),
            (Algorithm::Crc32c, from.checksum_crc32c.clone()),
            (Algorithm::Crc64Nvme, from.checksum_crc64nvme.clone()),
            (Algorithm::Sha1, from.checksum_sha1.clone()),
            (Algorithm::Sha256, from.checksum_sha256.clone()),
        ])
    }};
}
pub(super) use checksums_of;

/// Sets those fields.
macro_rules! set_checksums {
    ($into:expr, $checksums:expr) => {{
        let (into, checksums): (_, &Checksums) = (&mut $into, $checksums);
        into.checksum_crc32 = checksums.get(Algorithm::Crc32);
        into.checksum_crc32c = checksums.get(Algorithm::Crc32c);
        into.checksum_crc64nvme = checksums.get(Algorithm::Crc64Nvme);
        into.checksum_sha1 = checksums.get(Algorithm::Sha1);
        into.checksum_sha256 = checksums.get(Algorithm::Sha256);
    }};
}
pub(super) use set_checksums;

/// A checksum algorithm of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

/// Checksums by algorithm, in base64. One of an object in parts ends in `-` and the number of parts if composite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checksums {
    values: BTreeMap<Algorithm, String>,
}

impl Algorithm {
    const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => dto::ChecksumAlgorithm::CRC32,
            Self::Crc32c => dto::ChecksumAlgorithm::CRC32C,
            Self::Crc64Nvme => dto::ChecksumAlgorithm::CRC64NVME,
            Self::Sha1 => dto::ChecksumAlgorithm::SHA1,
            Self::Sha256 => dto::ChecksumAlgorithm::SHA256,
        }
    }

    pub(super) fn parse(name: &str) -> S3Result<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| s3_error!(InvalidRequest, "Checksum algorithm provided is unsupported."))
    }

    /// From the name of a header, such as `x-amz-checksum-sha256`.
    pub(super) fn of_header(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        Self::parse(name.strip_prefix("x-amz-checksum-")?).ok()
    }

    pub(super) fn header(self) -> String {
        format!("x-amz-checksum-{}", self.name().to_ascii_lowercase())
    }

    fn length_bytes(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    /// Whether an upload in parts has a checksum of checksums, given what was asked for.
    pub(super) fn is_composite(self, asked: Option<&str>) -> S3Result<bool> {
        match (self, asked) {
            (Self::Crc64Nvme, Some(dto::ChecksumType::COMPOSITE))
            | (Self::Sha1 | Self::Sha256, Some(dto::ChecksumType::FULL_OBJECT)) => {
                Err(s3_error!(InvalidRequest, "The checksum type does not go with the checksum algorithm."))
            }
            (Self::Crc64Nvme, _) | (_, Some(dto::ChecksumType::FULL_OBJECT)) => Ok(false),
            (_, _) => Ok(true),
        }
    }
}

impl Checksums {
    pub(super) fn of(values: impl IntoIterator<Item = (Algorithm, Option<String>)>) -> Self {
        Self { values: values.into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?))).collect() }
    }

    pub(super) fn get(&self, algorithm: Algorithm) -> Option<String> {
        self.values.get(&algorithm).cloned()
    }

    pub(super) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.values.keys().copied()
    }

    /// Whether they are of checksums of parts.
    pub(super) fn is_composite(&self) -> bool {
        self.values.values().any(|value| value.contains('-'))
    }

    /// The checksum type to answer, if there is a checksum.
    pub(super) fn kind(&self) -> Option<dto::ChecksumType> {
        self.values.values().next()?;
        let kind = if self.is_composite() { dto::ChecksumType::COMPOSITE } else { dto::ChecksumType::FULL_OBJECT };
        Some(dto::ChecksumType::from_static(kind))
    }

    /// Refuses declared values that cannot be a checksum, before the body is read.
    pub(super) fn check_form(&self) -> S3Result<()> {
        for (algorithm, value) in &self.values {
            if BASE64_STANDARD.decode(value).ok().is_none_or(|bytes| bytes.len() != algorithm.length_bytes()) {
                return Err(s3_error!(InvalidRequest, "Value for {} header is invalid.", algorithm.header()));
            }
        }
        Ok(())
    }

    /// Refuses computed checksums that differ from these declared ones.
    pub(super) fn check_against(&self, computed: &Self) -> S3Result<()> {
        for (algorithm, value) in &self.values {
            if computed.values.get(algorithm) != Some(value) {
                let name = algorithm.name();
                return Err(s3_error!(BadDigest, "The {name} you specified did not match the calculated checksum."));
            }
        }
        Ok(())
    }
}

/// A hasher for the given algorithms at once.
pub(super) fn hasher(algorithms: impl IntoIterator<Item = Algorithm>) -> ChecksumHasher {
    let mut hasher = ChecksumHasher::default();
    for algorithm in algorithms {
        match algorithm {
            Algorithm::Crc32 => hasher.crc32 = Some(Crc32::new()),
            Algorithm::Crc32c => hasher.crc32c = Some(Crc32c::new()),
            Algorithm::Crc64Nvme => hasher.crc64nvme = Some(Crc64Nvme::new()),
            Algorithm::Sha1 => hasher.sha1 = Some(Sha1::new()),
            Algorithm::Sha256 => hasher.sha256 = Some(Sha256::new()),
        }
    }
    hasher
}

/// The checksum of an object in parts, from the checksums and sizes of the parts; none if a part lacks its own.
pub(super) fn of_parts<'a>(
    algorithm: Algorithm,
    composite: bool,
    parts: impl IntoIterator<Item = (&'a Checksums, u64)>,
) -> Checksums {
    let raw: Option<Vec<(Vec<u8>, u64)>> = parts
        .into_iter()
        .map(|(checksums, size)| Some((BASE64_STANDARD.decode(checksums.values.get(&algorithm)?).ok()?, size)))
        .collect();
    let value = raw.and_then(|parts| match algorithm.crc() {
        Some(crc) if !composite => Some(combined(algorithm, crc, &parts)),
        Some(_) | None => composite.then(|| checksum_of_checksums(algorithm, &parts)).flatten(),
    });
    Checksums::of([(algorithm, value)])
}

fn combined(algorithm: Algorithm, crc: CrcAlgorithm, parts: &[(Vec<u8>, u64)]) -> String {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let whole = parts
        .iter()
        .map(|(bytes, size)| (number(bytes), *size))
        .reduce(|(first, length), (second, size)| (checksum_combine(crc, first, second, size), length + size))
        .map_or(0, |(whole, _)| whole);
    BASE64_STANDARD.encode(&whole.to_be_bytes()[8 - algorithm.length_bytes()..])
}

fn checksum_of_checksums(algorithm: Algorithm, parts: &[(Vec<u8>, u64)]) -> Option<String> {
    let mut hasher = hasher([algorithm]);
    for (bytes, _) in parts {
        hasher.update(bytes);
    }
    let value = checksums_of!(hasher.finalize()).get(algorithm)?;
    Some(format!("{value}-{}", parts.len()))
}
