//! The wire of the static viewer: requests are answered in this tab, from files.

use std::cell::RefCell;

use loopscope_protocol::{ApiError, ErrorCode};

use super::Way;
use crate::world;

/// How long an answer takes, in milliseconds.
const NEAR_MS: i32 = 8;

/// Who answers: an address in, JSON out.
type Answers = Box<dyn Fn(&str) -> Result<String, ApiError>>;

thread_local! {
    static ANSWERS: RefCell<Option<Answers>> = const { RefCell::new(None) };
}

/// Says who answers from now on.
pub fn answer_by(answers: impl Fn(&str) -> Result<String, ApiError> + 'static) {
    ANSWERS.set(Some(Box::new(answers)));
}

/// Nothing is sent.
pub(super) fn upload(
    _path: &str,
    _field: &str,
) -> impl Future<Output = Result<String, ApiError>> + use<> {
    std::future::ready(Err(unchanged()))
}

fn unchanged() -> ApiError {
    let message = "Files are shown read-only and cannot be changed.";
    ApiError::new(ErrorCode::Conflict, message)
}

/// One request. It takes as long as a near server: the page that is left goes first.
pub(super) async fn fetch(way: Way, path: &str, _body: Option<String>) -> Result<String, ApiError> {
    world::sleep(NEAR_MS).await;
    let answer = match way {
        Way::Get => ANSWERS.with_borrow(|answers| answers.as_ref().map(|answers| answers(path))),
        Way::Post | Way::Put | Way::Remove => None,
    };
    answer.unwrap_or_else(|| Err(unchanged()))
}
