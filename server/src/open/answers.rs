//! What routes answer that many of them share.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::{ContentBuilder, RefOr, Response, ResponseBuilder};

/// The answers of a contract's own route: its shapes are the contract's to tell.
pub(crate) struct AsContract;

impl IntoResponses for AsContract {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let object = |description: &str| {
            let content = ContentBuilder::new().schema(Some(Object::with_type(Type::Object)));
            ResponseBuilder::new()
                .description(description)
                .content("application/json", content.build())
                .build()
                .into()
        };
        BTreeMap::from([
            ("200".to_owned(), object("As its contract writes it")),
            (
                "4XX".to_owned(),
                object("Refused, in the contract's own words"),
            ),
        ])
    }
}
