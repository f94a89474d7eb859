use actix_web::web;
use passport_auth::{ExportData, ExportError, PersonalData};
use passport_session::SessionId;
use serde::Serialize;
use utoipa::ToSchema;

use super::events::EventView;
use crate::http::{
    api::{describe::problems::problems, problem::Problem, sessions::DeviceView, views::UserView},
    extract::{Caller, Json, SignedIn},
};

problems! { ExportProblems: ConfirmationRequired, TooMany }

/// Everything that is kept of a person, as the API and the pages give it.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
pub(in crate::http) struct ExportResponse {
    /// With the whole number, which only an export shows.
    user: UserView,
    sessions: Vec<DeviceView>,
    events: Vec<EventView>,
}

/// `GET /api/v1/me/export`: everything that is kept of the person.
#[utoipa::path(
    get, path = "/api/v1/me/export", operation_id = "exportData", tag = "me",
    summary = "Export the own data",
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Everything that is kept of the user", body = ExportResponse),
        ExportProblems,
    ),
)]
pub(in crate::http::api) async fn show(
    SignedIn { person, .. }: SignedIn,
    Caller(client): Caller,
    export_data: web::Data<ExportData>,
) -> Result<Json<ExportResponse>, Problem> {
    let current = person.session.id;
    let data = export_data.export(person, client).await.map_err(|refused| match refused {
        ExportError::Denied(denied) => Problem::from(denied),
        ExportError::NotFresh(required) => required.into(),
    })?;
    Ok(Json(ExportResponse::of(&data, current)))
}

impl ExportResponse {
    pub(in crate::http) fn of(data: &PersonalData, current: SessionId) -> Self {
        Self {
            user: UserView::whole(&data.user),
            sessions: data.sessions.iter().map(|it| DeviceView::whole(it, current)).collect(),
            events: data.events.iter().map(EventView::from).collect(),
        }
    }
}
