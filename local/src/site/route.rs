//! What the paths of the site name.

/// The file that answers a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// One of the web client, if it is there.
    Client(&'a str),
    /// One of GraphiQL, if it is there.
    Graphiql(&'a str),
    /// None has such a path.
    Nothing,
}

/// The page that browsers load, whatever it then shows.
const INDEX: &str = "index.html";

impl<'a> Route<'a> {
    /// Reads a path, as it stands in the request: nothing is decoded, as no name of ours needs it.
    pub(super) fn of(path: &'a str) -> Self {
        let Some(file) = path.strip_prefix('/') else { return Self::Nothing };
        if file.split('/').any(is_dot_segment) {
            return Self::Nothing;
        }
        match file.split_once('/').unwrap_or((file, "")) {
            ("graphiql", "") => Self::Graphiql(INDEX),
            ("graphiql", file) => Self::Graphiql(file),
            _ if is_page(file) => Self::Client(INDEX),
            _ => Self::Client(file),
        }
    }
}

/// Whether the client draws what has this address. All of its files have a dot in their names, and no page has one, so
/// that a file which is missing is told from a page.
fn is_page(file: &str) -> bool {
    let has_dot = file.rsplit('/').next().is_some_and(|last| last.contains('.'));
    !has_dot && !file.starts_with("assets/") && !file.starts_with("graphql")
}

/// Browsers take these out of a path before they ask; what asks for them wants out of the site.
fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_looks_like_no_file_is_a_page() {
        for path in ["/", "/s", "/share", "/gallery/gal_1", "/gallery/gal_1/med_2", "/search", "/a/b/", "/assets"] {
            assert_eq!(Route::of(path), Route::Client("index.html"), "{path}");
        }
        for path in ["/sw.js", "/gallery/x.png", "/assets/", "/assets/x", "/graphql", "/graphqls", "/graphql/x"] {
            assert_eq!(Route::of(path), Route::Client(&path[1..]), "{path}");
        }
    }

    #[test]
    fn graphiql_has_a_page_and_files() {
        assert_eq!(Route::of("/graphiql"), Route::Graphiql("index.html"));
        assert_eq!(Route::of("/graphiql/"), Route::Graphiql("index.html"));
        assert_eq!(Route::of("/graphiql/assets/x.js"), Route::Graphiql("assets/x.js"));
    }

    #[test]
    fn nothing_is_above_the_site() {
        for path in ["", "*", "/..", "/../x", "/.", "/assets/../x", "/a/%2e%2e", "/%2E./x", "/graphiql/../x"] {
            assert_eq!(Route::of(path), Route::Nothing, "{path}");
        }
    }
}
