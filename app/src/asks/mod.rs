//! Questions of programs to people: the page's one inbox, how a question looks, how it is answered.
//!
//! In: rows by REST and by the live connection. Out: the count in the rail and the title, cards with options, notices
//! where nobody looks at the page. An answer goes to the server and comes back as a changed row; the first counts.

mod card;
mod inbox;
mod words;

pub use card::ask_card;
pub use inbox::{Inbox, inbox};
pub use words::{answer_line, ask_href, choice_words, left, of_board, session_of, waits};
