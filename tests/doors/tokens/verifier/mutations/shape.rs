//! Parts, encodings and signatures.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256},
};
use serde_json::json;

use super::{Good, Table, signed_texts};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn add_to(table: &mut Table, good: &Good) {
    add_parts(table, good);
    add_encodings(table, good);
    add_signatures(table, good);
    add_texts(table, good);
}

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().expect("a token has three parts")
}

fn add_parts(table: &mut Table, good: &Good) {
    let token = &good.given;
    let [header, claims, signature] = parts(token);
    let [others_header, others_claims, others_signature] = parts(&good.others);
    assert_eq!(header, others_header, "one key signs for all");
    table.add("nothing", "");
    table.add("a word", "token");
    table.add("one dot", ".");
    table.add("two dots", "..");
    table.add("three dots", "...");
    table.add("no signature and no dot", format!("{header}.{claims}"));
    table.add("no signature", format!("{header}.{claims}."));
    table.add("no claims", format!("{header}..{signature}"));
    table.add("no header", format!(".{claims}.{signature}"));
    table.add("header only", header);
    table.add("a dot before", format!(".{token}"));
    table.add("a dot after", format!("{token}."));
    table.add("a dot in the claims", format!("{header}.{}.{}.{signature}", &claims[..8], &claims[8..]));
    table.add("two signatures", format!("{token}.{signature}"));
    table.add("five parts, as if it were encrypted", format!("{header}.{claims}.{signature}.{claims}.{signature}"));
    let encrypted = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
    table.add("encrypted", format!("{encrypted}.{signature}.AAAAAAAAAAAAAAAA.{claims}.AAAAAAAAAAAAAAAAAAAAAA"));
    table.add("header and claims swapped", format!("{claims}.{header}.{signature}"));
    table.add("the parts backwards", format!("{signature}.{claims}.{header}"));
    table.add("another person's claims", format!("{header}.{others_claims}.{signature}"));
    table.add("another token's signature", format!("{header}.{claims}.{others_signature}"));
    table.add("twice", format!("{token}{token}"));
    table.add("the JSON form of JWS", {
        let form = json!({ "payload": claims, "protected": header, "signature": signature });
        form.to_string()
    });
    table.add("the id token", good.id_token.as_str());
}

fn add_encodings(table: &mut Table, good: &Good) {
    let token = &good.given;
    let [header, claims, signature] = parts(token);
    table.add("a blank after the first dot", format!("{header}. {claims}.{signature}"));
    table.add("a blank before the second dot", format!("{header}.{claims} .{signature}"));
    table.add("a tab in the claims", format!("{header}.{}\t{}.{signature}", &claims[..8], &claims[8..]));
    table.add("a blank in the signature", format!("{header}.{claims}.{} {}", &signature[..8], &signature[8..]));
    table.add("quotation marks", format!("\"{token}\""));
    table.add("escaped dots", token.replace('.', "%2E"));
    table.add("padding after the signature", format!("{token}=="));
    table.add("one sign of padding", format!("{token}="));
    table.add("in capitals", token.to_uppercase());
    table.add("in small letters", token.to_lowercase());
    table.add("letters that base64url has not", format!("{header}.{claims}.{}", signature.replace('A', "!")));
    let bytes = decode(signature);
    table.add("the signature in the alphabet of base64", {
        let changed = BASE64_STANDARD_NO_PAD.encode(&bytes);
        assert!(changed.contains(['+', '/']), "342 letters have one of the two");
        format!("{header}.{claims}.{changed}")
    });
    table.add("the signature in padded base64", format!("{header}.{claims}.{}", BASE64_STANDARD.encode(&bytes)));
    table.add("the signature in padded base64url", format!("{header}.{claims}.{}", BASE64_URL_SAFE.encode(&bytes)));
    table.add("the signature in hexadecimal", format!("{header}.{claims}.{}", hex::encode(&bytes)));
    table.add("bits after the signature's end", format!("{header}.{claims}.{}", with_trailing_bits(signature)));
    // What the pool signs here says the same as a good token, to whom reads it carelessly.
    let [header, claims] = [good.token.header.to_string(), good.token.claims.to_string()].map(|mut text| {
        text.extend(std::iter::repeat_n(' ', (4 - text.len() % 3) % 3));
        assert_eq!(text.len() % 3, 1, "only such a length leaves bits over");
        BASE64_URL_SAFE_NO_PAD.encode(text)
    });
    table.add("bits after the header's end", sign(good, &format!("{}.{claims}", with_trailing_bits(&header))));
    table.add("bits after the claims' end", sign(good, &format!("{header}.{}", with_trailing_bits(&claims))));
    table.add("padding after the header", sign(good, &format!("{header}==.{claims}")));
    table.add("padding after the claims", sign(good, &format!("{header}.{claims}==")));
    table.add("a signed blank", sign(good, &format!("{header}. {claims}")));
}

fn decode(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")
}

/// The same bytes, with bits set where the last letter has some left over.
fn with_trailing_bits(part: &str) -> String {
    let (start, last) = part.split_at(part.len() - 1);
    let value = LETTERS.iter().position(|letter| *letter == last.as_bytes()[0]).expect("a letter of base64url");
    format!("{start}{}", char::from(LETTERS[value | 1]))
}

fn sign(good: &Good, signed: &str) -> String {
    let mut signature = vec![0; good.pool.public().modulus_len()];
    let done =
        good.pool.sign(&ring::signature::RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature);
    done.expect("a signature");
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn add_signatures(table: &mut Table, good: &Good) {
    let (signed, signature) = good.given.rsplit_once('.').expect("a token has three parts");
    let bytes = decode(signature);
    let modulus = PublicKeyComponents::<Vec<u8>>::from(good.pool.public()).n;
    let mut with = |name: &str, bytes: &[u8]| {
        table.add(format!("a signature {name}"), format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)));
    };
    let (length, last) = (bytes.len(), bytes.len() - 1);
    with("without its last byte", &bytes[..last]);
    with("without its first byte", &bytes[1..]);
    with("of half the length", &bytes[..length / 2]);
    with("with a zero before", &[&[0], &bytes[..]].concat());
    with("with a zero after", &[&bytes[..], &[0]].concat());
    with("twice as long", &bytes.repeat(2));
    with("backwards", &bytes.iter().rev().copied().collect::<Vec<_>>());
    with("of zeros", &vec![0; length]);
    with("of one", &[vec![0; last], vec![1]].concat());
    with("of ones", &vec![0xff; length]);
    with("of one zero", &[0]);
    with("that is the modulus", &modulus);
    for (name, at, bit) in [("first", 0, 0x01), ("middle", length / 2, 0x10), ("last", last, 0x80)] {
        let mut changed = bytes.clone();
        changed[at] ^= bit;
        with(&format!("with a bit flipped in its {name} byte"), &changed);
    }
    let token = &good.token;
    table.add("signed by a stranger", token.signed_by(&good.stranger));
    table.add("signed with SHA-384", token.signed_as(&good.pool, &RSA_PKCS1_SHA384));
    table.add("signed with SHA-512", token.signed_as(&good.pool, &RSA_PKCS1_SHA512));
    table.add("signed by PSS", token.signed_as(&good.pool, &RSA_PSS_SHA256));
}

/// JSON that is none, or not of the kind that tokens are made of, signed by the pool.
fn add_texts(table: &mut Table, good: &Good) {
    let (header, claims) = (good.token.header.to_string(), good.token.claims.to_string());
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let deep = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));
    let latin = |text: &str| [&text.as_bytes()[..text.len() - 1], b",\"other\":\"\xe9\"}"].concat();
    let kid = good.kid();
    let c = &good.token.claims;
    for (name, text) in [
        ("empty", Vec::new()),
        ("null", b"null".to_vec()),
        ("a number", b"1".to_vec()),
        ("an empty list", b"[]".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("a list of the values", json!(["RS256", kid, null]).to_string().into()),
        ("a shorter list of the values", json!(["RS256", kid]).to_string().into()),
        ("a list of the object", format!("[{header}]").into()),
        ("a text of it", json!(header).to_string().into()),
        ("cut off", header[..header.len() - 1].into()),
        ("with something after", format!("{header}{{}}").into()),
        ("with a mark of byte order", format!("\u{feff}{header}").into()),
        ("in UTF-16", utf16(&header)),
        ("in Latin-1", latin(&header)),
        ("with a comment", format!("/**/{header}").into()),
        ("in other quotation marks", header.replace('"', "'").into()),
        ("with a comma at its end", format!("{},}}", &header[..header.len() - 1]).into()),
        ("deeply nested", deep.clone().into()),
    ] {
        table.add(format!("a header that is {name}"), good.with_header_text(text));
    }
    let listed = json!([
        c["sub"],
        c["username"],
        c["iat"],
        c["exp"],
        null,
        c["auth_time"],
        c["iss"],
        c["token_use"],
        c["client_id"],
        c["cognito:groups"]
    ]);
    for (name, text) in [
        ("empty", Vec::new()),
        ("null", b"null".to_vec()),
        ("true", b"true".to_vec()),
        ("an empty list", b"[]".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("a list of the values", listed.to_string().into()),
        ("a list of the object", format!("[{claims}]").into()),
        ("a text of them", json!(claims).to_string().into()),
        ("a token", good.given.clone().into()),
        ("cut off", claims[..claims.len() - 1].into()),
        ("with something after", format!("{claims} x").into()),
        ("with a mark of byte order", format!("\u{feff}{claims}").into()),
        ("in UTF-16", utf16(&claims)),
        ("in Latin-1", latin(&claims)),
        ("deeply nested", deep.into()),
    ] {
        table.add(format!("claims that are {name}"), good.with_claims_text(text));
    }
    table.add("longer than tokens are", {
        let long = good.token.with_claim("other", json!("x".repeat(8 * 1024)));
        signed_texts(long.header.to_string(), long.claims.to_string(), &good.pool)
    });
}
