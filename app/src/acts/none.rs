//! On the server nobody presses anything.

use loopscope_protocol::{ApiError, ErrorCode};
use serde::Serialize;

use crate::source::Loading;

/// Never called: handlers do not run where pages are rendered.
pub(super) fn post<T: Send + 'static>(_path: String, _body: &impl Serialize) -> Loading<T> {
    let error = ApiError::new(ErrorCode::Internal, "only a browser asks for something");
    Box::pin(std::future::ready(Err(error)))
}

/// Never called either.
pub(super) fn get<T: Send + 'static>(path: String) -> Loading<T> {
    post(path, &())
}

/// Never called either.
pub(super) fn upload<T: Send + 'static>(path: &str, _field: &str) -> Loading<T> {
    post(path.to_owned(), &())
}

/// Never called either.
pub(super) fn put<T: Send + 'static>(path: String, body: &impl Serialize) -> Loading<T> {
    post(path, body)
}

/// Never called either.
pub(super) fn remove(path: String) -> Loading<()> {
    post(path, &())
}
