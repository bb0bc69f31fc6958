//! A stream's filter as the address says it: `?name=STEP_*&kind=finding&severity=high&session=…`.

use std::sync::Arc;

use loopscope_protocol::{ApiError, NamePattern, StreamFilter};

use crate::access::Grant;
use crate::api::Pairs;
use crate::state::AppState;

/// What a stream is asked for.
pub(super) struct Asked {
    /// Which events; `None` for all.
    pub filter: Option<Arc<StreamFilter>>,
}

/// Reads the pairs of a query string. Names may be repeated; those that mean nothing here are passed over.
pub(super) fn read(state: &AppState, grant: &Grant, pairs: &Pairs) -> Result<Asked, ApiError> {
    let mut filter = StreamFilter {
        project: pairs.parse("project")?,
        session: pairs.parse("session")?,
        severity: pairs.parse("severity")?,
        ..StreamFilter::default()
    };
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        match name {
            "name" => filter.names.push(NamePattern(value.to_owned())),
            "kind" => filter.kinds.push(word(name, value)?),
            "dialect" => filter.dialects.push(word(name, value)?),
            _ => {}
        }
    }
    checked(state, grant, filter).map(|filter| Asked { filter })
}

fn word<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, ApiError> {
    let short: String = value.chars().take(64).collect();
    value
        .parse()
        .map_err(|_| ApiError::field(name, format!("`{short}` is not known here")))
}

/// A filter within its bounds, narrowed to what someone may see, in its shared form.
pub(super) fn checked(
    state: &AppState,
    grant: &Grant,
    mut filter: StreamFilter,
) -> Result<Option<Arc<StreamFilter>>, ApiError> {
    filter
        .check()
        .map_err(|error| ApiError::field("names", error.to_string()))?;
    filter.project = grant.project(filter.project)?;
    Ok(state.ring.filters().intern(filter))
}
