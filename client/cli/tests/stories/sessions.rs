//! Signing in, being known, signing out.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Person, Server, lines, server::ADMIN_PASSWORD};

#[test]
fn a_session_is_kept_for_its_owner_alone_until_they_sign_out() {
    let server = Server::start();
    let person = Person::new();
    let ran = person.runs(&["whoami"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "mantel-cli: You are not signed in. Please run: mantel-cli login\n"));
    person.signs_in(&server.address());
    let file = person.state().join("session.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(person.state()).expect("it is there").permissions().mode() & 0o777, 0o700);
    }
    let told = lines(&person.does(&["--json", "whoami"]));
    assert_eq!((&told[0]["role"], &told[0]["server"]), (&json!("admin"), &json!(server.address())));
    person.does(&["logout"]);
    assert!(!file.exists());
    assert_eq!(person.runs(&["ls"]).code, 2);
}

#[test]
fn a_wrong_password_and_a_wrong_address_are_told_apart() {
    let server = Server::start();
    let person = Person::new();
    let ran = person.types(&["login", &server.address(), "--password-stdin"], "not it");
    assert_eq!(ran.code, 1, "{}", ran.err);
    let ran = person.types(&["login", "photos", "--password-stdin"], ADMIN_PASSWORD);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let ran = person.types(&["login", &server.address(), "--account", "Nobody", "--password-stdin"], ADMIN_PASSWORD);
    assert!(ran.code == 2 && ran.err.contains("there is:"), "{}", ran.err);
    let ran = person.types(&["login", &format!("http://{}", server.bucket()), "--password-stdin"], ADMIN_PASSWORD);
    assert!(ran.code == 1 && ran.err.contains("no site of Mantel"), "{}", ran.err);
}

/// What a machine with a wrong clock sees, too: the end of the session is long gone, or its token is not taken.
#[test]
fn a_session_that_ended_renews_itself() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let file = person.state().join("session.json");
    let read = || -> Value { serde_json::from_slice(&fs::read(&file).expect("it is there")).expect("JSON") };
    for (field, value) in [("access_token", "x.y.z"), ("expires_at", "2001-01-01T00:00:00Z")] {
        let mut session = read();
        session[field] = value.into();
        fs::write(&file, session.to_string()).expect("it can be written");
        person.does(&["gallery", "create", value]);
        // The first call tells the server's time; only then a date in the past is known to be past.
        person.does(&["ls", value]);
        assert_ne!(read()[field], value, "{field}");
    }
    let mut session = read();
    session["access_token"] = "x.y.z".into();
    session["refresh_token"] = "nor this".into();
    fs::write(&file, session.to_string()).expect("it can be written");
    assert_eq!(person.runs(&["ls"]).code, 2);
}

#[test]
fn the_family_is_looked_after_from_the_command_line() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let invited = lines(&person.does(&["--json", "user", "invite", "rosa@example.org", "Rosa"]));
    let password = invited[0]["temporaryPassword"].as_str().expect("a password").to_owned();
    person.does(&["gallery", "create", "Summer", "--visibility", "restricted"]);
    person.does(&["gallery", "grant", "Summer", "Rosa", "contribute"]);
    assert!(person.does(&["gallery", "access", "Summer"]).contains("contribute"));
    let rosa = Person::new();
    let arguments = ["login", &server.address(), "--email", "rosa@example.org", "--password-stdin"];
    let ran = rosa.types(&arguments, &format!("{password}\na password of her own"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(rosa.does(&["ls"]).contains("Summer"));
    let link =
        lines(&person.does(&["--json", "share", "create", "Summer", "--label", "Friends", "--until", "2999-12-31"]));
    assert!(link[0]["url"].as_str().is_some_and(|url| url.starts_with(&server.address())), "{link:?}");
    person.does(&["share", "revoke", link[0]["id"].as_str().expect("an id")]);
    let links = lines(&person.does(&["--json", "share", "ls", "Summer"]));
    assert!(links[0]["revokedAt"].is_string(), "{links:?}");
    person.does(&["user", "disable", "rosa@example.org"]);
    assert_eq!(rosa.runs(&["ls"]).code, 2);
    person.does(&["gallery", "update", "Summer", "--title", "Winter"]);
    person.does(&["gallery", "delete", "Winter"]);
    assert_eq!(person.does(&["--json", "ls"]), "");
}
