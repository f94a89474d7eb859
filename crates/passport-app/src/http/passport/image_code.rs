use std::error::Error;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use passport_auth::{ChallengeId, NewChallenge, NewChallengeError};
use tracing::error;
use uuid::Uuid;

use super::{busy, too_many, unavailable};
use crate::http::{
    answer::{Answer, Errno},
    client_address::Client,
};

/// `GET /passport/image_code`
pub(super) async fn draw(
    request: HttpRequest,
    client: Client,
    new_challenge: web::Data<NewChallenge>,
) -> Result<HttpResponse, Answer> {
    let query = request.query_string();
    let current = id(query, "cur_id").ok_or_else(Answer::fields_missing)?;
    match new_challenge.draw(current, id(query, "pre_id"), client.0).await {
        Ok(picture) => Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type(picture.media_type)
            .body(picture.bytes)),
        Err(error) => Err(refusal(&error)),
    }
}

/// The UUID under `name`. The tutorial prints the key with a space behind it and the value with one
/// before it, and pages were written so.
fn id(query: &str, name: &str) -> Option<ChallengeId> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query).ok()?;
    let (_, value) = pairs.iter().find(|(key, _)| key.trim_end() == name)?;
    value.trim_start().parse::<Uuid>().ok().map(ChallengeId::from)
}

fn refusal(refused: &NewChallengeError) -> Answer {
    const FAILED: &str = "验证操作失败";
    match refused {
        NewChallengeError::TooMany { retry_after } => too_many(*retry_after),
        NewChallengeError::Busy(_) => busy(),
        NewChallengeError::NotDrawn(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not drawn");
            Answer::new(Errno::DbErr, FAILED)
        }
        // This act ends with its caller, who therefore logs the cause.
        NewChallengeError::Unavailable(cause) => {
            error!(error = cause as &dyn Error, "store unavailable");
            unavailable(FAILED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tutorials_spaces_are_taken() {
        let uuid = "9b2d3a54-6f1e-4c57-8a8e-0d1c2b3a4f5e";
        let wanted = uuid.parse::<Uuid>().unwrap().into();
        for query in [
            format!("cur_id={uuid}"),
            format!("cur_id%20={uuid}&pre_id="),
            format!("pre_id=&cur_id+=%20{uuid}"),
        ] {
            assert_eq!(id(&query, "cur_id"), Some(wanted), "{query}");
        }
        for query in ["", "cur_id", "cur_id=", "cur_id=1", "xcur_id=", "%ff=%ff"] {
            assert_eq!(id(query, "cur_id"), None, "{query}");
        }
        assert_eq!(id(&format!("cur_id={}", "9".repeat(3_000)), "cur_id"), None);
    }
}
