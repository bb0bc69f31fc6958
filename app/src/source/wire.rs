//! The wire of a server's page: HTTP, as every other client has it.

use gloo_net::http::{Request, Response};
use leptos::prelude::document;
use loopscope_protocol::{ApiError, ErrorBody, ErrorCode, percent_encode};
use wasm_bindgen::JsCast as _;

use super::Way;

/// One request: the answer's text, or the error that came in its place.
pub(super) async fn fetch(way: Way, path: &str, body: Option<String>) -> Result<String, ApiError> {
    let request = match way {
        Way::Get => Request::get(path),
        Way::Post => Request::post(path),
        Way::Put => Request::put(path),
        Way::Remove => Request::delete(path),
    };
    let request = match body {
        Some(body) => request
            .header("Content-Type", "application/json")
            .body(body),
        None => request.build(),
    };
    let answer = request
        .map_err(|_| unreachable())?
        .send()
        .await
        .map_err(|_| unreachable())?;
    text_of(answer).await
}

/// Posts the file that was chosen in a field of the page; its name is put behind the address.
pub(super) fn upload(
    path: &str,
    field: &str,
) -> impl Future<Output = Result<String, ApiError>> + use<> {
    let input = document().get_element_by_id(field);
    let input = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
    let file = input.and_then(|input| input.files()?.get(0));
    let mut path = path.to_owned();
    if let Some(file) = &file {
        percent_encode(&file.name(), &mut path);
    }
    async move {
        let file = file.ok_or_else(|| ApiError::field("file", "Choose a file first."))?;
        let request = Request::post(&path).body(file);
        let request = request.map_err(|_| unreachable())?;
        text_of(request.send().await.map_err(|_| unreachable())?).await
    }
}

fn unreachable() -> ApiError {
    ApiError::new(
        ErrorCode::Busy,
        "The server cannot be reached. No data is lost; this page keeps retrying.",
    )
}

async fn text_of(answer: Response) -> Result<String, ApiError> {
    let text = answer.text().await.map_err(|_| unreachable())?;
    if answer.ok() {
        return Ok(text);
    }
    Err(match serde_json::from_str::<ErrorBody>(&text) {
        Ok(body) => body.error,
        Err(_) => ApiError::new(
            ErrorCode::Internal,
            format!("the server answered {}", answer.status()),
        ),
    })
}
