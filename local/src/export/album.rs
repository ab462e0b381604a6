//! An album to look at without Mantel, without a network and without scripts.

use std::fmt::Write as _;

use model::{Media, MediaKind};
use store::Survey;

use super::{
    people::People,
    sidecar::{escape, local_time},
};

/// What a page shows of a photo or film. Paths are relative to the page, with `/` between their parts.
pub(super) struct Tile<'a> {
    pub(super) media: &'a Media,
    pub(super) original: String,
    pub(super) thumbnail: Option<String>,
    pub(super) preview: Option<String>,
}

/// No script may run, wherever it came from.
const HEAD: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'; object-src 'none'; base-uri 'none'; \
    form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n";
const STYLE: &str = "<style>\nbody{font:16px/1.4 system-ui,sans-serif;margin:1.5rem;color:#222;background:#fff}\n\
    ul{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1.2rem}\n\
    figure{margin:0}\nimg{width:100%;height:15rem;object-fit:cover;background:#eee}\n\
    figcaption{font-size:.9rem;overflow-wrap:anywhere}\nblockquote{margin:.3rem 0 0;padding-left:.6rem;\
    border-left:2px solid #ccc}\na{color:#0b57d0}\n\
    @media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}img{background:#333}a{color:#8ab4f8}}\n</style>\n";

/// The page of the whole library: title, file and number of each gallery.
pub(super) fn library(galleries: &[(String, String, usize)]) -> String {
    let mut page = begin("Galleries");
    page.push_str("<ul>\n");
    for (title, folder, count) in galleries {
        let _ = writeln!(page, "<li><a href=\"{}/index.html\">{}</a> ({count})</li>", link(folder), escape(title));
    }
    page.push_str("</ul>\n");
    page
}

/// The page of a gallery.
pub(super) fn gallery(
    title: &str,
    description: Option<&str>,
    tiles: &[Tile<'_>],
    survey: &Survey,
    people: &People,
) -> String {
    let mut page = begin(title);
    page.push_str("<p><a href=\"../index.html\">All galleries</a></p>\n");
    if let Some(description) = description {
        let _ = writeln!(page, "<p>{}</p>", escape(description));
    }
    page.push_str("<ul>\n");
    for tile in tiles {
        page.push_str(&figure(tile, survey, people));
    }
    page.push_str("</ul>\n");
    page
}

fn begin(title: &str) -> String {
    let title = escape(title);
    format!("{HEAD}<title>{title}</title>\n{STYLE}<h1>{title}</h1>\n")
}

fn figure(tile: &Tile<'_>, survey: &Survey, people: &People) -> String {
    let media = tile.media;
    let caption = media.caption.as_ref().map(|caption| escape(caption.as_str()));
    let alternative = caption.clone().unwrap_or_else(|| escape(media.file_name.as_str()));
    let target = match media.kind {
        MediaKind::Photo => tile.preview.as_ref().unwrap_or(&tile.original),
        MediaKind::Video => &tile.original,
    };
    let picture = tile.thumbnail.as_ref().map_or_else(
        || alternative.clone(),
        |thumbnail| format!("<img loading=\"lazy\" src=\"{}\" alt=\"{alternative}\">", link(thumbnail)),
    );
    let mut html = format!("<li><figure><a href=\"{}\">{picture}</a><figcaption>", link(target));
    if let Some(caption) = caption {
        let _ = write!(html, "{caption}<br>");
    }
    let taken = local_time(media.sort_time(), media.taken_at_offset_minutes);
    let _ = write!(html, "{} {}", taken.get(..10).unwrap_or_default(), taken.get(11..16).unwrap_or_default());
    if let Some(place) = &media.place_name {
        let _ = write!(html, ", {}", escape(place.as_str()));
    }
    let name = escape(media.file_name.as_str());
    let _ = write!(html, "<br><a href=\"{}\">{name}</a>", link(&tile.original));
    for comment in survey.comments_on(media.id) {
        if let Some(text) = &comment.text {
            let (author, text) = (escape(people.author(comment)), escape(text.as_str()));
            let _ = write!(html, "<blockquote><b>{author}</b> {text}</blockquote>");
        }
    }
    html.push_str("</figcaption></figure></li>\n");
    html
}

/// A relative path as an address: whatever a name holds, it stays a name.
fn link(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

fn encode(name: &str) -> String {
    name.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
        encoded
    })
}
