//! `open`: the site in the browser.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::{
    api::Api,
    fault::{Fault, Outcome},
    galleries,
    output::Output,
};

/// What opens an address here.
#[cfg(target_os = "macos")]
const OPENER: &[&str] = &["open"];
#[cfg(windows)]
const OPENER: &[&str] = &["rundll32", "url.dll,FileProtocolHandler"];
#[cfg(not(any(target_os = "macos", windows)))]
const OPENER: &[&str] = &["xdg-open"];

/// Opens the site, or the page of a gallery. Where there is no browser, the address is printed.
pub(crate) fn open(api: &Api, gallery: Option<&str>, output: Output) -> Outcome<()> {
    // Who signed in at the API itself has its address in place of the site's.
    let mut address = api.server().trim_end_matches("/graphql").to_owned();
    if let Some(name) = gallery {
        address = format!("{address}/gallery/{}", galleries::get(api, name)?.id);
    }
    output.tell(&json!({ "event": "open", "url": address }), &address);
    let mut command = Command::new(OPENER[0]);
    command.args(&OPENER[1..]).arg(&address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Fault::Failed("No browser could be opened here. Please open the address above.".into())),
    }
}
