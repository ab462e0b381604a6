//! `--client-dir`: the client of a folder, for those who work on it.

use std::fs;

use reqwest::{Response, StatusCode};
use tempfile::TempDir;

use super::hosts::status_with_hosts;
use crate::{
    stories::instance::{ends, program},
    support::Home,
};

/// A folder with a client in it, and something beside it that is nobody's business.
struct Work {
    folder: TempDir,
}

impl Work {
    fn new() -> Self {
        let work = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        work.writes("secret.js", "secret");
        work.writes("dist/index.html", "<p>first</p>");
        work.writes("dist/assets/app-1.js", "app");
        work
    }

    fn writes(&self, name: &str, content: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, content).expect("a file is written");
    }

    async fn home(&self) -> Home {
        Home::open_with(|options| options.client_dir = Some(self.folder.path().join("dist"))).await
    }
}

async fn get(home: &Home, path: &str) -> Response {
    home.http.get(home.url(path)).header("accept-encoding", "br").send().await.expect("an answer")
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_folder_takes_the_place_of_the_one_in_the_program() {
    let (work, released) = (Work::new(), Home::open().await);
    let home = work.home().await;
    for (path, content) in [("/", "<p>first</p>"), ("/gallery/gal_1", "<p>first</p>"), ("/assets/app-1.js", "app")] {
        assert_eq!(get(&home, path).await.text().await.expect("a text"), content, "{path}");
    }
    assert_eq!(get(&home, "/sw.js").await.status(), StatusCode::NOT_FOUND, "that of the program");
    assert_eq!(header(&get(&home, "/assets/app-1.js").await, "cache-control"), "public, max-age=31536000, immutable");
    let (page, released) = (get(&home, "/").await, get(&released, "/").await);
    for name in
        ["content-type", "cache-control", "vary", "x-content-type-options", "referrer-policy", "permissions-policy"]
    {
        assert_eq!(header(&page, name), header(&released, name), "{name}");
    }
    assert!(header(&page, "content-security-policy").contains("script-src 'self'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_build_is_served_at_once() {
    let work = Work::new();
    let home = work.home().await;
    let first = get(&home, "/").await;
    fs::remove_dir_all(work.folder.path().join("dist")).expect("the build is removed");
    assert_eq!(get(&home, "/").await.status(), StatusCode::NOT_FOUND);
    work.writes("dist/index.html", "<p>second</p>");
    let second = get(&home, "/").await;
    assert_ne!(header(&first, "etag"), header(&second, "etag"));
    assert_eq!(second.text().await.expect("a text"), "<p>second</p>");
    work.writes("dist/index.html.br", "compressed");
    let third = get(&home, "/").await;
    assert_eq!(header(&third, "content-encoding"), "br");
    assert_eq!(third.text().await.expect("a text"), "compressed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_of_the_folder_is_served() {
    let work = Work::new();
    work.writes("dist/.env", "secret");
    let home = work.home().await;
    for path in [
        "/../secret.js",
        "/assets/../../secret.js",
        "/%2e%2e/secret.js",
        "/..%2fsecret.js",
        "/assets/..%2f..%2fsecret.js",
        "/..\\secret.js",
        "//../secret.js",
        "/.env",
        "/secret.js",
        &work.folder.path().join("secret.js").display().to_string(),
        &format!("/{}", work.folder.path().join("secret.js").display()),
    ] {
        assert_eq!(status_with_hosts(home.system.site, path, &["localhost"]).await, 404, "{path}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_link_leads_out_of_the_folder() {
    let work = Work::new();
    let dist = work.folder.path().join("dist");
    std::os::unix::fs::symlink("../secret.js", dist.join("linked.js")).expect("a link");
    std::os::unix::fs::symlink("..", dist.join("up")).expect("a link");
    std::os::unix::fs::symlink("assets/app-1.js", dist.join("within.js")).expect("a link");
    let home = work.home().await;
    for (path, status) in [("/linked.js", 404), ("/up/secret.js", 404), ("/within.js", 200)] {
        assert_eq!(get(&home, path).await.status(), status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_a_client_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (client, complaint) in [(folder.path().to_owned(), "npm run build"), (folder.path().join("no"), "--client-dir")]
    {
        let mut command = program(&folder.path().join("data"));
        command.arg("--client-dir").arg(client);
        let ended = ends(command).await;
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("--client-dir") && said.contains(complaint), "{said}");
    }
}
