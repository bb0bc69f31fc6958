//! What stands at `/viewer/` in a build that was made without the viewer. In: a request there. Out: a page that says so,
//! and how to get it.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::access::login;

const CONTENTS: &str = r#"<h1>No viewer in this build</h1>
<p class="t2">The viewer shows exported sessions without a server. Every release has it; this build was made without. In the sources, <code class="mono">cargo xtask build --viewer</code> makes a build that has it, and <code class="mono">cargo xtask viewer</code> the viewer alone, into <code class="mono">target/viewer</code>, for any web server.</p>
<a class="btn" href="/">Overview</a>"#;

/// The page.
pub(super) fn page(headers: &HeaderMap) -> Response {
    let mark = login::MARK;
    let panel = format!(
        r#"<section><p class="brand">{mark}<span>Loopscope</span></p>{CONTENTS}</section>"#
    );
    login::plain_page(StatusCode::NOT_FOUND, headers, "No viewer", &panel)
}
