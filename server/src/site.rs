//! The site's files: script, wasm, style, icons. A release binary carries them inside; a debug binary reads
//! `target/site` as it is at that moment.
//!
//! In: GET of a file's path. Out: its bytes, in the best encoding that stands beside it and the browser takes.
//! In a release the files of `pkg/` are asked for in a folder whose name is a hash of them all
//! (`pkg/<hash>/loopscope.js`), and are cached for ever; everything else is revalidated by its ETag.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use loopscope_app::pages::lazy::file_of;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `cargo xtask build` made. May be missing, so that `cargo check` works on a bare clone. A release carries the
/// large files only compressed; for the rare client that takes no encoding they are unpacked.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
#[cfg_attr(not(debug_assertions), exclude = "pkg/*.wasm")]
#[cfg_attr(not(debug_assertions), exclude = "pkg/*.js")]
#[cfg_attr(not(debug_assertions), exclude = "pkg/*.css")]
#[cfg_attr(not(debug_assertions), exclude = "viewer/*.wasm")]
struct Site;

/// The parts of the style as they are written. Our own build joins them into one file; `cargo leptos watch` puts only
/// the list of them (`style/main.css`) into the site, and a browser then asks for each by its name. A release has them
/// joined.
#[derive(RustEmbed)]
#[folder = "../style"]
#[cfg_attr(not(debug_assertions), exclude = "*")]
struct Parts;

/// The page of the static viewer, where it was built too.
const VIEWER: &str = "viewer/index.html";

/// Encodings that may lie beside a file, the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The stem of the script, wasm and style files.
pub(crate) const OUTPUT_NAME: &str = "loopscope";

/// The folder of the script, wasm and style files, as the page asks for them.
pub(crate) fn package() -> String {
    match version() {
        Some(version) => format!("pkg/{version}"),
        None => "pkg".to_owned(),
    }
}

/// The path of the style file.
pub(crate) fn style_path() -> String {
    format!("/{}/{OUTPUT_NAME}.css", package())
}

/// The paths of what the page at a path needs beside the main files: none where the browser half is one file.
pub(crate) fn files_of(path: &str) -> Vec<String> {
    let files = Site::get("pkg/split.json")
        .and_then(|list| serde_json::from_slice::<HashMap<String, Vec<String>>>(&list.data).ok())
        .zip(file_of(path))
        .and_then(|(mut lists, file)| lists.remove(file))
        .unwrap_or_default();
    let package = package();
    let address = |file| format!("/{package}/{file}");
    files.into_iter().map(address).collect()
}

/// One hash over the files of `pkg/`; none in a debug build, where they change under a running server.
fn version() -> Option<&'static str> {
    static VERSION: OnceLock<Option<String>> = OnceLock::new();
    VERSION
        .get_or_init(|| (!cfg!(debug_assertions)).then(compute_version))
        .as_deref()
}

/// Folds the files' hashes, in the order of their names, into 16 hex digits.
fn compute_version() -> String {
    let mut names: Vec<_> = Site::iter()
        .filter(|name| name.starts_with("pkg/"))
        .collect();
    names.sort();
    let digest =
        names
            .iter()
            .filter_map(|name| Site::get(name))
            .fold([0_u8; 8], |mut sum, file| {
                for (index, byte) in file.metadata.sha256_hash().into_iter().enumerate() {
                    let slot = &mut sum[index % 8];
                    *slot = slot.rotate_left(3) ^ byte;
                }
                sum
            });
    hex(&digest)
}

/// Whether the static viewer is here.
pub(crate) fn has_viewer() -> bool {
    Site::get(VIEWER).is_some()
}

/// A file of the site; `None` where there is no such file.
pub(crate) fn file(uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let asked = uri.path().trim_start_matches('/');
    let versioned = version().map(|version| format!("pkg/{version}/"));
    let (path, forever) = match versioned.and_then(|folder| asked.strip_prefix(&folder)) {
        Some(rest) => (format!("pkg/{rest}"), true),
        None if asked == "viewer/" => (VIEWER.to_owned(), false),
        None => (asked.to_owned(), false),
    };
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (encoding, file) = find(&path, accepted)?;
    Some(answer(&path, encoding, file, headers, forever))
}

/// The file in the best encoding that is there and taken, else plain.
fn find(path: &str, accepted: &str) -> Option<(Option<&'static str>, EmbeddedFile)> {
    let beside = |suffix: &str| Site::get(&format!("{path}.{suffix}"));
    let encoded = ENCODINGS
        .iter()
        .filter(|(token, _)| accepts(accepted, token))
        .find_map(|(token, suffix)| Some((Some(*token), beside(suffix)?)));
    let part = || Parts::get(path.strip_prefix("pkg/")?);
    let plain = || {
        Site::get(path)
            .or_else(|| unpacked(beside("gz")?))
            .or_else(part)
    };
    encoded.or_else(|| Some((None, plain()?)))
}

/// A file of ours from its gzip form.
fn unpacked(mut file: EmbeddedFile) -> Option<EmbeddedFile> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&*file.data)
        .read_to_end(&mut plain)
        .ok()?;
    file.data = Cow::Owned(plain);
    Some(file)
}

/// One file: 200 with its bytes, or 304 when the browser has them.
fn answer(
    path: &str,
    encoding: Option<&'static str>,
    file: EmbeddedFile,
    headers: &HeaderMap,
    forever: bool,
) -> Response {
    let packing = encoding.unwrap_or_default();
    let etag = format!("\"{}{packing}\"", hex(&file.metadata.sha256_hash()[..12]));
    let mut response = Response::builder()
        .header(header::ETAG, &etag)
        .header(header::VARY, "accept-encoding")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(
            header::CACHE_CONTROL,
            if forever {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            },
        )
        .header(header::CONTENT_TYPE, content_type(path));
    if let Some(encoding) = encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| {
            known
                .split(',')
                .any(|tag| tag.trim().trim_start_matches("W/") == etag)
        });
    let answer = if known {
        response
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
    } else {
        response.body(Body::from(file.data))
    };
    answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Whether an `Accept-Encoding` header takes `token` (a quality of zero refuses it).
fn accepts(header: &str, token: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(token))
            && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// The media type by the file's extension.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_style_is_found_beside_the_list_of_them() {
        let (encoding, file) = find("pkg/tokens.css", "br").unwrap();
        assert_eq!(encoding, None);
        let text = String::from_utf8(file.data.into_owned()).unwrap();
        assert!(text.contains(":root"), "{text}");
        for path in ["tokens.css", "pkg/none.css", "pkg/../Cargo.toml"] {
            assert!(find(path, "").is_none(), "{path}");
        }
    }

    #[test]
    fn encodings_are_taken_as_the_header_says() {
        for (header, token, taken) in [
            ("gzip, deflate, br, zstd", "br", true),
            ("gzip;q=1.0, br;q=0", "br", false),
            ("BR", "br", true),
            ("", "gzip", false),
            ("brotli", "br", false),
        ] {
            assert_eq!(accepts(header, token), taken, "{header} {token}");
        }
    }
}
