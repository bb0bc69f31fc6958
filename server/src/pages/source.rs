//! The pages' snapshots on the server: the same views that `/api/v1` answers with, without the way over HTTP.

use loopscope_app::source::{AUDIT_ROWS, Loading, SessionKey, SnapshotSource};
use loopscope_board::spans::SpansSnapshot;
use loopscope_board::widgets::WidgetsShown;
use loopscope_board::{SessionMoment, SessionSnapshot};
use loopscope_event::Offset;
use loopscope_event::ProjectId;
use loopscope_journal::{AlertQuery, DeliveryQuery};
use loopscope_protocol::{
    AlertRules, AlertsPage, Annotations, ApiError, AuditPage, Channels, CompareQuery, Comparison,
    DecisionsPage, Deliveries, ErrorCode, EventsPage, EventsQuery, Moment, Overview, SavedViews,
    SearchAnswer, SeriesAnswer, SeriesQuery, SessionsPage, SessionsQuery, Settings, SpansQuery,
    Widgets,
};

use crate::access::{Grant, Right};
use crate::api::views;
use crate::state::AppState;
use crate::steer::Listed;
use crate::widgets::{self, Wanted};

/// What one visitor may see.
pub(super) struct Views {
    state: AppState,
    /// Who they are.
    grant: Grant,
    /// The only project they may see; `None` for all.
    project: Option<ProjectId>,
}

impl Views {
    pub(super) fn new(state: AppState, grant: &Grant) -> Self {
        let (grant, project) = (grant.clone(), grant.project.clone());
        Self {
            state,
            grant,
            project,
        }
    }

    /// The project to look in: a visitor bound to one sees nothing of another, whatever the address says.
    fn project_of(&self, key: &SessionKey) -> ProjectId {
        self.project.clone().unwrap_or_else(|| key.project.clone())
    }
}

impl SnapshotSource for Views {
    fn overview(&self) -> Loading<Overview> {
        let (state, project) = (self.state.clone(), self.project.clone());
        Box::pin(async move {
            let overview = views::overview(&state, project.as_ref()).await;
            overview.map(|mut overview| {
                // A page shows them as lines.
                overview.events.clear();
                overview
            })
        })
    }

    fn sessions(&self, mut query: SessionsQuery) -> Loading<SessionsPage> {
        let state = self.state.clone();
        query.project = self.project.clone().or(query.project);
        Box::pin(async move { views::sessions(&state, &query).await })
    }

    fn session(&self, key: SessionKey) -> Loading<SessionSnapshot> {
        let (state, project) = (self.state.clone(), self.project_of(&key));
        Box::pin(async move { views::session(&state, &project, &key.id).await })
    }

    fn moment(&self, key: SessionKey, at: Moment) -> Loading<SessionMoment> {
        let (state, project) = (self.state.clone(), self.project_of(&key));
        Box::pin(async move { views::moment(&state, &project, &key.id, at).await })
    }

    fn annotations(&self, key: SessionKey) -> Loading<Annotations> {
        let (state, project) = (self.state.clone(), self.project_of(&key));
        Box::pin(async move { views::annotations(&state, &project, &key.id).await })
    }

    fn events(&self, key: SessionKey, query: EventsQuery) -> Loading<EventsPage> {
        let (state, project) = (self.state.clone(), self.project_of(&key));
        Box::pin(async move { views::events(&state, &project, &key.id, &query).await })
    }

    fn series(&self, key: SessionKey, query: SeriesQuery) -> Loading<SeriesAnswer> {
        let (state, project) = (self.state.clone(), self.project_of(&key));
        Box::pin(async move { views::series(&state, &project, &key.id, &query).await })
    }

    fn spans(&self, key: SessionKey, query: SpansQuery) -> Loading<SpansSnapshot> {
        let (state, project) = (self.state.clone(), self.project_of(&key));
        Box::pin(async move { views::spans(&state, &project, &key.id, &query).await })
    }

    fn compare(&self, query: CompareQuery) -> Loading<Comparison> {
        let (state, project) = (self.state.clone(), self.project.clone());
        Box::pin(async move { views::compare(&state, project.as_ref(), &query).await })
    }

    fn views(&self) -> Loading<SavedViews> {
        let (state, project) = (self.state.clone(), self.project.clone());
        Box::pin(async move { views::saved_views(&state, project.as_ref()).await })
    }

    fn search(&self, text: String, before: Option<Offset>) -> Loading<SearchAnswer> {
        let (state, project) = (self.state.clone(), self.project.clone());
        Box::pin(async move {
            views::search(&state, project.as_ref(), &text, before, views::FOUND_EVENTS).await
        })
    }

    fn decisions(&self) -> Loading<DecisionsPage> {
        let wanted = Listed {
            state: None,
            project: self.project.clone(),
        };
        Box::pin(std::future::ready(Ok(self.state.desk.decisions(&wanted))))
    }

    fn audit(&self, before: Option<i64>) -> Loading<AuditPage> {
        let (state, grant) = (self.state.clone(), self.grant.clone());
        Box::pin(async move {
            if !grant.role.may(Right::Steer) {
                let message = "who only looks does not see who did what";
                return Err(ApiError::new(ErrorCode::Forbidden, message));
            }
            let wanted = views::AuditWanted {
                before,
                project: grant.project.clone(),
                session_id: None,
                limit: AUDIT_ROWS,
            };
            views::audit(&state, grant.role, wanted).await
        })
    }

    fn alerts(&self) -> Loading<AlertsPage> {
        let state = self.state.clone();
        let query = AlertQuery {
            project: self.project.clone(),
            limit: 200,
            ..AlertQuery::default()
        };
        Box::pin(async move { views::alerts(&state, &query).await })
    }

    fn alert_rules(&self) -> Loading<AlertRules> {
        let rules = views::alert_rules(&self.state, self.project.as_ref());
        Box::pin(std::future::ready(Ok(rules)))
    }

    fn alert_channels(&self) -> Loading<Channels> {
        let channels = self.state.alerts.shown_channels(self.project.as_ref());
        Box::pin(std::future::ready(Ok(Channels { channels })))
    }

    fn alert_deliveries(&self) -> Loading<Deliveries> {
        let (state, bound) = (self.state.clone(), self.project.is_some());
        let query = DeliveryQuery {
            limit: 100,
            ..DeliveryQuery::default()
        };
        Box::pin(async move {
            if bound {
                let message = "this token is for one project; deliveries are of all";
                return Err(ApiError::new(ErrorCode::Forbidden, message));
            }
            views::deliveries(&state, &query).await
        })
    }

    fn widgets(&self) -> Loading<Widgets> {
        let state = self.state.clone();
        let project = self.project.clone().unwrap_or_default();
        Box::pin(async move { widgets::list(&state, &project).await })
    }

    fn widgets_shown(
        &self,
        session: Option<SessionKey>,
        at: Option<Moment>,
    ) -> Loading<WidgetsShown> {
        let state = self.state.clone();
        let wanted = Wanted {
            project: match &session {
                Some(key) => self.project_of(key),
                None => self.project.clone().unwrap_or_default(),
            },
            session: session.map(|key| key.id),
            at,
        };
        Box::pin(async move { widgets::shown(&state, &wanted).await })
    }

    fn settings(&self) -> Loading<Settings> {
        let state = self.state.clone();
        let bound = self.project.is_some();
        Box::pin(async move {
            if bound {
                let message = "this token is for one project; the settings are for all";
                return Err(ApiError::new(ErrorCode::Forbidden, message));
            }
            views::settings(&state).await
        })
    }
}
