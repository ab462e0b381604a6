//! Signing in and out, and who one is.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::json;
use ureq::Agent;
use url::Url;

use crate::{
    api::{Api, call_anonymously, check_mistakes},
    cli::Login,
    fault::{Fault, Outcome},
    http::explanation,
    operations::{
        CompleteSignIn, SignIn, SignInOptions, SignOut, Viewer, complete_sign_in, sign_in, sign_in_options, sign_out,
        viewer,
    },
    output::{Output, remark},
    session::{Profile, Session},
    shown::shown,
};

/// What a site says about itself.
#[derive(Deserialize)]
struct Config {
    graphql: String,
}

/// Signs in and keeps the session.
pub(crate) fn login(args: &Login, profile: &Profile, agent: &Agent, output: Output) -> Outcome<()> {
    let (server, graphql) = find_api(agent, &args.url)?;
    let mut input = sign_in::SignInInput { option_id: None, email: args.email.clone(), password: String::new() };
    let whom = if let Some(email) = &args.email {
        email.clone()
    } else {
        let option = choose_option(agent, &graphql, args.account.as_deref())?;
        input.option_id = Some(option.id);
        option.label
    };
    input.password = password(args, &format!("Password of {}: ", shown(&whom)))?;
    let data = call_anonymously::<SignIn>(agent, &graphql, sign_in::Variables { input })?;
    let payload = data.sign_in.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let (access_token, refresh_token, expires_at) = match (payload.session, payload.challenge) {
        (Some(session), _) => (session.access_token, session.refresh_token, session.expires_at),
        (None, Some(challenge)) => choose_password(args, agent, &graphql, challenge)?,
        (None, None) => return Err(nothing()),
    };
    profile.save(&Session { server: server.clone(), graphql, access_token, refresh_token, expires_at })?;
    let event = json!({ "event": "signed-in", "server": server, "account": whom });
    output.tell(&event, format!("Signed in at {server} as {}.", shown(&whom)));
    Ok(())
}

/// Ends the session at the server, and forgets it here whatever the server says.
pub(crate) fn logout(api: &Api, everywhere: bool, output: Output) -> Outcome<()> {
    let refresh_token = Some(api.session().refresh_token);
    let input = sign_out::SignOutInput { refresh_token, everywhere };
    let ended = api.call::<SignOut>(sign_out::Variables { input });
    api.profile().forget()?;
    match ended {
        Ok(_) | Err(Fault::SignedOut) => {
            output.tell(&json!({ "event": "signed-out" }), "Signed out.");
            Ok(())
        }
        Err(fault) => Err(Fault::Failed(format!("Signed out here, but the server did not hear of it: {fault}"))),
    }
}

/// Tells who is signed in.
pub(crate) fn whoami(api: &Api, output: Output) -> Outcome<()> {
    let viewer = api.call::<Viewer>(viewer::Variables {})?.viewer.ok_or(Fault::SignedOut)?;
    let (server, role) = (api.server(), role_name(&viewer.role));
    let event =
        json!({ "id": viewer.id, "name": viewer.display_name, "email": viewer.email, "role": role, "server": server });
    let email = viewer.email.map(|email| format!(" <{}>", shown(&email))).unwrap_or_default();
    output.tell(&event, format!("{}{email}, {role}, at {server}", shown(&viewer.display_name)));
    Ok(())
}

fn role_name(role: &viewer::Role) -> &str {
    match role {
        viewer::Role::ADMIN => "admin",
        viewer::Role::VISITOR => "visitor",
        viewer::Role::GUEST => "guest",
        viewer::Role::Other(other) => other,
    }
}

/// The addresses of site and API.
fn find_api(agent: &Agent, address: &str) -> Outcome<(String, String)> {
    let invalid = || Fault::Usage(format!("{} is no address such as https://photos.example.org", shown(address)));
    let url = Url::parse(address).map_err(|_| invalid())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(invalid());
    }
    if url.scheme() == "http" && !is_near(&url) {
        remark("Beware: over http:// everybody on the way can read the password. Use https:// where you can.");
    }
    let server = url.as_str().trim_end_matches('/').to_owned();
    if url.path().ends_with("/graphql") {
        return Ok((server.clone(), server));
    }
    let config = url.join("/config.json").map_err(|_| invalid())?;
    let mut answer = agent
        .get(config.as_str())
        .call()
        .map_err(|error| Fault::Failed(format!("{server} did not answer: {error}")))?;
    let text = explanation(&mut answer);
    let config: Config = serde_json::from_str(&text)
        .map_err(|_| Fault::Failed(format!("{server} answered {} and is no site of Mantel.", answer.status())))?;
    let graphql = url.join(&config.graphql).map_err(|_| invalid())?;
    Ok((server, graphql.into()))
}

/// Whether nobody can listen on the way: this machine.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn choose_option(
    agent: &Agent,
    graphql: &str,
    label: Option<&str>,
) -> Outcome<sign_in_options::SignInOptionsSignInOptions> {
    let data = call_anonymously::<SignInOptions>(agent, graphql, sign_in_options::Variables {})?;
    let options = data.sign_in_options.unwrap_or_default();
    let chosen = options.iter().find(|option| match label {
        Some(label) => option.label == label,
        None => option.role == sign_in_options::Role::ADMIN,
    });
    chosen.cloned().ok_or_else(|| {
        let labels: Vec<String> = options.iter().map(|option| shown(&option.label)).collect();
        let offered = if labels.is_empty() { "none".to_owned() } else { labels.join(", ") };
        Fault::Usage(format!(
            "No such account is offered (there is: {offered}). Please name one with --account or --email."
        ))
    })
}

fn choose_password(args: &Login, agent: &Agent, graphql: &str, challenge: String) -> Outcome<(String, String, String)> {
    let new = password(args, "This is the first sign-in. Choose a new password: ")?;
    let input = complete_sign_in::CompleteSignInInput { challenge, new_password: new, display_name: None };
    let data = call_anonymously::<CompleteSignIn>(agent, graphql, complete_sign_in::Variables { input })?;
    let payload = data.complete_sign_in.ok_or_else(nothing)?;
    check_mistakes!(payload)?;
    let session = payload.session.ok_or_else(nothing)?;
    Ok((session.access_token, session.refresh_token, session.expires_at))
}

fn password(args: &Login, prompt: &str) -> Outcome<String> {
    if args.password_stdin {
        return line_of_input();
    }
    rpassword::prompt_password(prompt).map_err(|error| {
        Fault::Usage(format!("Nobody can be asked for the password here ({error}). Use --password-stdin."))
    })
}

/// A line of standard input.
pub(crate) fn line_of_input() -> Outcome<String> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    match read {
        Ok(1..) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        _ => Err(Fault::Usage("There is no password on standard input.".into())),
    }
}

fn nothing() -> Fault {
    Fault::Failed("The server answered nothing. Please try again.".into())
}
