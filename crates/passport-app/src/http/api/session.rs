use passport_auth::Authenticated;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::http::extract::{Json, SignedIn};

/// `GET /api/v1/session`: the signed-in user and the session.
pub(super) async fn show(SignedIn { person, .. }: SignedIn) -> Json<SessionResponse> {
    Json(person.into())
}

#[derive(Serialize)]
pub(super) struct SessionResponse {
    user: UserResponse,
    session: LifeResponse,
}

#[derive(Serialize)]
struct UserResponse {
    id: Uuid,
    /// Number with its middle masked.
    mobile: String,
    nick_name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    last_login_at: Option<OffsetDateTime>,
}

#[derive(Serialize)]
struct LifeResponse {
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl From<Authenticated> for SessionResponse {
    fn from(Authenticated { user, session }: Authenticated) -> Self {
        Self {
            user: UserResponse {
                id: user.id.as_uuid(),
                mobile: user.phone.masked(),
                nick_name: user.nick_name.as_str().to_owned(),
                created_at: user.created_at,
                last_login_at: user.last_login_at,
            },
            session: LifeResponse {
                created_at: session.created_at,
                expires_at: session.expires_at,
            },
        }
    }
}
