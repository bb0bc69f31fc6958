//! The pages as the router takes them. A page is loaded when it is asked for, with what only it needs.
//!
//! In: an address. Out: the page's view, or the name of the file that it is in. Two forms with one interface: `split`
//! in a browser's release build, where each page stands in a file of its own, and `whole` elsewhere.
//!
//! A new page needs a line in `pages!` and its `<Route>` in `app.rs`, with the same address.

#[cfg(feature = "split")]
#[path = "split.rs"]
mod here;
#[cfg(not(feature = "split"))]
#[path = "whole.rs"]
mod here;

#[cfg(feature = "split")]
pub(crate) use here::until_loaded;
pub use here::{Page, ready};

/// Makes a constant of each page: its name, its address, its component, the name of the file that it is in. Pages that
/// are rare, or lead to each other, share one: every set of files that share something is a file too.
macro_rules! pages {
    ($($page:ident, $address:literal, $component:ident, $file:ident;)+) => {
        $(here::page!($page, $component, $file);)+
        /// All of them.
        pub const ALL: &[Page] = &[$($page),+];
        /// The name of each page's file, and the page's address; a part that begins with a colon stands for any.
        const FILES: &[(&str, &str)] = &[$((stringify!($file), $address)),+];
    };
}

pages! {
    OVERVIEW, "/", OverviewPage, overview;
    SESSIONS, "/sessions", SessionsListPage, lists;
    SESSION, "/sessions/:id", SessionPage, session;
    COMPARE, "/compare", ComparePage, rest;
    SEARCH, "/search", SearchPage, lists;
    DECISIONS, "/decisions", DecisionsListPage, lists;
    SYSTEMS, "/systems", SystemsPage, lists;
    ALERTS, "/alerts", AlertsListPage, rest;
    WIDGETS, "/widgets", WidgetsPage, rest;
    SETTINGS, "/settings", SettingsPage, rest;
}

/// The name of the file that the page at a path is in; none where there is no page. The server uses it to announce
/// that file with the page itself, and the browser to wait for it before it takes the page over.
pub fn file_of(path: &str) -> Option<&'static str> {
    place_of(path).map(|place| FILES[place].0)
}

/// The addresses of all pages; a part that begins with a colon stands for any.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(_, address)| *address)
}

/// The page at a path.
pub fn page_of(path: &str) -> Option<Page> {
    place_of(path).map(|place| ALL[place])
}

fn place_of(path: &str) -> Option<usize> {
    FILES.iter().position(|(_, address)| fits(address, path))
}

fn fits(address: &str, path: &str) -> bool {
    let parts = |text| str::split(text, '/').filter(|part| !part.is_empty());
    let (mut wanted, mut there) = (parts(address), parts(path));
    loop {
        match (wanted.next(), there.next()) {
            (None, None) => return true,
            (Some(part), Some(other)) if part == other || part.starts_with(':') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_one_file() {
        for (path, file) in [
            ("/", Some("overview")),
            ("/sessions", Some("lists")),
            ("/sessions/", Some("lists")),
            ("/sessions/a%2Fb", Some("session")),
            ("/sessions/a/b", None),
            ("/nothing", None),
            ("/alerts", Some("rest")),
        ] {
            assert_eq!(file_of(path), file, "{path}");
        }
    }
}
