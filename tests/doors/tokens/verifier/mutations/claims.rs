//! Claims, one by one, in tokens that the pool's own key signed.

use serde_json::{Value, json};

use super::{Good, Table};

pub(super) fn add_to(table: &mut Table, good: &Good) {
    add_missing(table, good);
    add_times(table, good);
    add_names(table, good);
    add_people(table, good);
    add_twice(table, good);
}

/// The name of a change, and how it is made.
fn add(table: &mut Table, good: &Good, name: &str, wrong: Value) {
    // Long values would make long names.
    let shown: String = wrong.to_string().chars().take(80).collect();
    table.add(format!("{shown} as `{name}`"), good.token.with_claim(name, wrong).signed_by(&good.pool));
}

fn add_missing(table: &mut Table, good: &Good) {
    for name in ["iss", "client_id", "token_use", "exp", "iat", "auth_time", "sub", "username", "cognito:groups"] {
        table.add(format!("no `{name}`"), good.token.without_claim(name).signed_by(&good.pool));
        for wrong in [Value::Null, json!(true), json!({}), json!([[]])] {
            add(table, good, name, wrong);
        }
        let value = good.token.claims[name].clone();
        let mut renamed = good.token.without_claim(name);
        renamed.claims[name.to_uppercase()] = value.clone();
        table.add(format!("`{name}` in capitals"), renamed.signed_by(&good.pool));
        add(table, good, name, json!([value]));
    }
}

fn add_times(table: &mut Table, good: &Good) {
    let now = good.now;
    #[expect(clippy::cast_precision_loss, reason = "the times of this century are exact")]
    let fraction = now as f64 + 60.5;
    for name in ["exp", "iat", "auth_time", "nbf"] {
        for wrong in [json!(now.to_string()), json!(""), json!(fraction), json!(u64::MAX), json!(1e300)] {
            add(table, good, name, wrong);
        }
    }
    let claims = good.token.without_claim("exp").claims.to_string();
    for written in
        ["1e400", "99999999999999999999999999", "1.8e9", "-0.0", "0x7fffffff", "+1800000000", "NaN", "Infinity"]
    {
        table.add(
            format!("an end written as {written}"),
            good.with_claims_text(format!(r#"{{"exp":{written},{}"#, &claims[1..])),
        );
    }
    for wrong in [now - 6, now - 60, now - 86_400, 0, -1, i64::MIN] {
        add(table, good, "exp", json!(wrong));
    }
    // More than a test takes, so that the clock does not catch up.
    for wrong in [now + 600, now * 1_000, i64::MAX] {
        add(table, good, "iat", json!(wrong));
        add(table, good, "nbf", json!(wrong));
    }
    for wrong in [-1, i64::MIN] {
        add(table, good, "iat", json!(wrong));
    }
    for wrong in [Value::Null, json!(false), json!([]), json!([now]), json!({})] {
        add(table, good, "nbf", wrong);
    }
}

fn add_names(table: &mut Table, good: &Good) {
    let text = |name: &str| good.token.claims[name].as_str().expect("a text").to_owned();
    let iss = text("iss");
    let (base, pool) = iss.rsplit_once('/').expect("an address and a pool");
    let (region, id) = pool.split_once('_').expect("a region and an id");
    for wrong in [
        String::new(),
        format!("{iss}/"),
        format!("{iss} "),
        format!(" {iss}"),
        format!("{iss}?"),
        format!("{iss}#"),
        format!("{iss}/.."),
        format!("{iss}\0"),
        iss.to_uppercase(),
        iss.replace("http:", "https:"),
        iss.replace("http:", "HTTP:"),
        base.to_owned(),
        pool.to_owned(),
        format!("{base}/{region}_{}", id.to_lowercase()),
        format!("{base}/{region}_anotherP1"),
        format!("{base}/eu-central-1_{id}"),
        format!("https://cognito-idp.{region}.amazonaws.com/{pool}"),
        format!("{}/{pool}", good.strangers_keys),
    ] {
        add(table, good, "iss", json!(wrong));
    }
    let client = text("client_id");
    for wrong in
        ["", "another", &client.to_uppercase(), &format!("{client} "), &client[1..], &format!("{client},{client}")]
    {
        add(table, good, "client_id", json!(wrong));
    }
    let only_audience = good.token.without_claim("client_id").with_claim("aud", json!(client));
    table.add("an audience in place of a client", only_audience.signed_by(&good.pool));
    for wrong in ["", "id", "refresh", "Access", "ACCESS", "access ", "access id"] {
        add(table, good, "token_use", json!(wrong));
    }
    add(table, good, "token_use", json!(["access", "id"]));
}

fn add_people(table: &mut Table, good: &Good) {
    let sub = good.token.claims["sub"].as_str().expect("a text");
    for wrong in [
        String::new(),
        "admin".to_owned(),
        "00000000-0000-0000-0000-000000000000".to_owned(),
        "00000000-0000-4000-8000-000000000000".to_owned(),
        format!("{sub} "),
        format!("{sub}\0"),
        format!("{{{sub}}}"),
        format!("urn:uuid:{sub}"),
        format!("usr_{sub}"),
        format!("USER#{sub}"),
        format!("{sub}#USER"),
        sub.replace('-', ""),
        sub[1..].to_owned(),
    ] {
        add(table, good, "sub", json!(wrong));
    }
    // A name without letters would be the same in capitals, and be good.
    let capitals = sub.to_uppercase();
    let capitals = if capitals == sub { format!("{capitals}A") } else { capitals };
    add(table, good, "sub", json!(capitals));
    add(table, good, "sub", json!(1));
    for wrong in [
        json!([]),
        json!(""),
        json!("visitor"),
        json!("admin,visitor"),
        json!("[\"visitor\"]"),
        json!({ "visitor": true }),
        json!(["Visitor"]),
        json!(["VISITOR"]),
        json!(["visitor "]),
        json!(["visitor,admin"]),
        json!(["strangers"]),
        json!([1]),
        json!([null, "visitor"]),
        json!(1),
    ] {
        add(table, good, "cognito:groups", wrong);
    }
}

/// A claim that is there twice: whichever of the two another reader would take, this token says both.
fn add_twice(table: &mut Table, good: &Good) {
    let claims = good.token.claims.to_string();
    let members = &claims[1..claims.len() - 1];
    for (name, wrong) in [
        ("sub", json!("00000000-0000-4000-8000-000000000000")),
        ("username", json!("admin")),
        ("iss", json!("https://example.org")),
        ("client_id", json!("another")),
        ("token_use", json!("id")),
        ("exp", json!(1)),
        ("iat", json!(0)),
        ("auth_time", json!(0)),
        ("cognito:groups", json!(["admin"])),
    ] {
        let good_value = &good.token.claims[name];
        table.add(
            format!("two of `{name}`, the good one last"),
            good.with_claims_text(format!(r#"{{"{name}":{wrong},{members}}}"#)),
        );
        table.add(
            format!("two of `{name}`, the good one first"),
            good.with_claims_text(format!(r#"{{{members},"{name}":{wrong}}}"#)),
        );
        table.add(format!("`{name}` twice"), good.with_claims_text(format!(r#"{{{members},"{name}":{good_value}}}"#)));
    }
    let now = good.now;
    table.add("two of `nbf`", good.with_claims_text(format!(r#"{{"nbf":{now},"nbf":{now},{members}}}"#)));
}
