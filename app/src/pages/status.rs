//! The HTTP status of a page that is being rendered. The server provides how to set it.

use std::sync::Arc;

use leptos::prelude::use_context;
use loopscope_protocol::ApiError;

/// Sets the status of the response that is being rendered.
#[derive(Clone)]
pub struct PageStatus(pub Arc<dyn Fn(u16) + Send + Sync>);

/// Sets the status where a server renders; does nothing in a browser.
pub fn set_status(status: u16) {
    if let Some(PageStatus(set)) = use_context() {
        set(status);
    }
}

/// Sets the status that an error stands for, and returns the error.
pub fn refuse(error: ApiError) -> ApiError {
    set_status(error.code.http_status());
    error
}
