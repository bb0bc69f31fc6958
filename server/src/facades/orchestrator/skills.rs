//! The skill registry: skills that the configuration describes, and skills that runs were seen to use.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use loopscope_event::{Dialect, ProjectId};
use loopscope_journal::{SessionQuery, SessionSort};
use serde_json::{Map, Value, json};

use super::error::FacadeError;
use super::rest::Reader;
use crate::api::Pairs;
use crate::open::AsContract;
use crate::state::AppState;

/// The newest runs that are looked through.
const RUNS: u32 = 50;

/// The most skills that are known by being seen.
const MOST: usize = 2_000;

/// Skills by name, each with all fields.
type Registry = BTreeMap<String, Map<String, Value>>;

/// `GET /api/skills`.
#[utoipa::path(
    get,
    path = "/orchestrator/api/skills",
    tag = "Contract: orchestrator",
    summary = "Skills",
    params(
        ("category" = Option<String>, Query, description = "Only these"),
        ("domain" = Option<String>, Query, description = "Only these"),
        ("tag" = Option<String>, Query, description = "Only these"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Reader(grant): Reader,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, FacadeError> {
    let pairs = Pairs::read(query.as_deref());
    let wanted = |name| pairs.get(name).filter(|value| !value.is_empty());
    let (category, domain, tag) = (wanted("category"), wanted("domain"), wanted("tag"));
    let registry = registry(&state, &grant.project.unwrap_or_default()).await?;
    let skills: Vec<Value> = registry
        .into_values()
        .filter(|skill| {
            category
                .is_none_or(|wanted| skill.get("category").and_then(Value::as_str) == Some(wanted))
                && domain.is_none_or(|wanted| holds(skill.get("domains"), wanted))
                && tag.is_none_or(|wanted| holds(skill.get("tags"), wanted))
        })
        .map(|mut skill| {
            for field in DETAILS {
                skill.remove(*field);
            }
            Value::Object(skill)
        })
        .collect();
    Ok(Json(json!({
        "total": skills.len(),
        "skills": skills,
        "filters": {"category": category, "domain": domain, "tag": tag},
    })))
}

/// `GET /api/skills/{name}`.
#[utoipa::path(
    get,
    path = "/orchestrator/api/skills/{name}",
    tag = "Contract: orchestrator",
    summary = "A skill",
    params(
        ("name" = String, Path, description = "The skill"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn one(
    State(state): State<AppState>,
    Reader(grant): Reader,
    Path(name): Path<String>,
) -> Result<Json<Value>, FacadeError> {
    let mut registry = registry(&state, &grant.project.unwrap_or_default()).await?;
    let skill = registry.remove(&name).ok_or_else(|| {
        let shown: String = name.chars().take(256).collect();
        FacadeError::new(StatusCode::NOT_FOUND, format!("Skill not found: {shown}"))
    })?;
    Ok(Json(Value::Object(skill)))
}

fn holds(list: Option<&Value>, wanted: &str) -> bool {
    let items = list.and_then(Value::as_array);
    items.is_some_and(|items| items.iter().any(|item| item.as_str() == Some(wanted)))
}

/// Fields of the detail that lists leave out.
const DETAILS: &[&str] = &["execution_config", "hooks", "timeout", "retry"];

/// A skill with what was said of it; what nobody said is null or empty, never made up.
fn described(name: &str, said: Map<String, Value>) -> Map<String, Value> {
    let defaults = json!({
        "name": name, "version": null, "description": null, "category": "other", "domains": [], "tags": [],
        "execution_type": null, "parameters": [], "dependencies": [], "metadata": {}, "execution_config": {},
        "hooks": {"pre": [], "post": [], "error": []}, "timeout": 300, "retry": null,
    });
    let mut skill = match defaults {
        Value::Object(skill) => skill,
        _ => Map::new(),
    };
    skill.extend(said.into_iter().filter(|(_, value)| !value.is_null()));
    skill
}

async fn registry(state: &AppState, project: &ProjectId) -> Result<Registry, FacadeError> {
    let mut registry: Registry = state
        .config
        .skills
        .iter()
        .filter_map(|said| {
            let name = said.get("name")?.as_str()?;
            Some((name.to_owned(), described(name, said.clone())))
        })
        .collect();
    let query = SessionQuery {
        project: Some(project.clone()),
        dialects: vec![Dialect::Orchestrator],
        sort: SessionSort::LastEvent,
        limit: RUNS,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let page = state.journal.sessions(&query).await;
    for row in page.map_err(FacadeError::internal)?.rows {
        let board = state.fold.board(&row.project, &row.session_id).await;
        let Some((board, _)) = board.map_err(FacadeError::internal)? else {
            continue;
        };
        for skill in board.skills().rows() {
            if registry.len() >= MOST && !registry.contains_key(&skill.name) {
                continue;
            }
            let known = registry
                .entry(skill.name.clone())
                .or_insert_with(|| described(&skill.name, Map::new()));
            if let Some(Value::Object(metadata)) = known.get_mut("metadata") {
                let runs = metadata
                    .get("seen_runs")
                    .and_then(Value::as_u64)
                    .unwrap_or(0);
                metadata.insert("seen_runs".to_owned(), json!(runs + 1));
            }
        }
    }
    Ok(registry)
}
