use actix_web::{HttpRequest, HttpResponse, http::header, web};
use passport_auth::NewChallenge;
use uuid::Uuid;

use super::challenge_refused;
use crate::http::{answer::Answer, client_address::Client, cookies::Cookies};

/// `GET /passport/image_code`
pub(super) async fn draw(
    request: HttpRequest,
    client: Client,
    cookies: web::Data<Cookies>,
    new_challenge: web::Data<NewChallenge>,
) -> Result<HttpResponse, Answer> {
    let query = request.query_string();
    let current = id(query, "cur_id").ok_or_else(Answer::fields_missing)?;
    // Only what a client made up can be replaced: an issued id is none of theirs to end.
    let former = id(query, "pre_id").map(Into::into);
    match new_challenge.draw(current.into(), former, client.0).await {
        Ok(drawn) => {
            let ttl = new_challenge.challenges.ttl().try_into().unwrap_or_default();
            Ok(HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .cookie(cookies.set_challenge(current, drawn.ticket, ttl))
                .content_type(drawn.picture.media_type)
                .body(drawn.picture.bytes))
        }
        Err(error) => Err(challenge_refused(&error)),
    }
}

/// The UUID under `name`. The tutorial prints the key with a space behind it and the value with one
/// before it, and pages were written so.
pub(super) fn id(query: &str, name: &str) -> Option<Uuid> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(key, _)| key.trim_end() == name)?;
    value.trim_start().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tutorials_spaces_are_taken() {
        let uuid = "9b2d3a54-6f1e-4c57-8a8e-0d1c2b3a4f5e";
        let wanted = uuid.parse().unwrap();
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
