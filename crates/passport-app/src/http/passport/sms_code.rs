use actix_web::{HttpRequest, web};
use passport_auth::{
    ChallengeId, CodePurpose, CodeRequest, RequestCode, RequestCodeError, SendRefusal,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    fields::{Fields, given},
    refusals::{challenge_missing, challenge_unsolved, denied, too_frequent, unavailable},
    reply::LegacyReply,
};
use crate::http::{
    cookies::Cookies,
    errno::Errno,
    extract::{Caller, Json},
    locale,
};

#[derive(Deserialize)]
pub(super) struct SmsCodeRequest {
    mobile: String,
    image_code: String,
    image_code_id: String,
    /// Language of the page, which clients of the original do not send. Values that name no language
    /// are ignored, because the answers of this API are frozen.
    locale: Option<Value>,
}

/// `POST /passport/sms_code`
pub(super) async fn send(
    request: HttpRequest,
    fields: Fields<SmsCodeRequest>,
    Caller(client): Caller,
    cookies: web::Data<Cookies>,
    request_code: web::Data<RequestCode>,
) -> Result<LegacyReply, LegacyReply> {
    let Json(fields) = fields?;
    let (mobile, answer) = (given(fields.mobile)?, given(fields.image_code)?);
    let challenge = given(fields.image_code_id)?;
    let page = fields.locale.as_ref().and_then(Value::as_str).and_then(locale::of_tag);
    let code_request = CodeRequest {
        phone: mobile.parse().map_err(|_| LegacyReply::bad_phone())?,
        purpose: CodePurpose::Register,
        challenge: challenge_id(&challenge, &request, &cookies).ok_or_else(challenge_missing)?,
        answer,
        client,
        locale: page.unwrap_or_else(|| locale::of(&request)),
    };
    match request_code.send(code_request).await {
        Ok(_) => Ok(LegacyReply::ok("发送成功")),
        Err(error) => Err(refusal(&error)),
    }
}

/// A UUID that the client chose, with its ticket if the browser has it, or an id that `/api/v1` issued.
fn challenge_id(text: &str, request: &HttpRequest, cookies: &Cookies) -> Option<ChallengeId> {
    let id = text.parse().ok()?;
    let carried = cookies.challenge(request).filter(|ticket| id == ticket.id().into());
    Some(carried.map_or(id, ChallengeId::from))
}

fn refusal(refused: &RequestCodeError) -> LegacyReply {
    match refused {
        RequestCodeError::Denied(refusal) => denied(refusal, "数据获取失败"),
        RequestCodeError::Challenge(refusal) => challenge_unsolved(*refusal),
        RequestCodeError::Send(refusal) => not_sent(refusal),
    }
}

fn not_sent(refusal: &SendRefusal) -> LegacyReply {
    match refusal {
        SendRefusal::CountryNotServed => LegacyReply::bad_phone(),
        SendRefusal::NotStored(_) => unavailable("短信保存失败"),
        SendRefusal::RecipientRefused(_) => LegacyReply::new(Errno::DataErr, "发送短信失败"),
        SendRefusal::RecipientThrottled { retry_after, .. } => too_frequent(*retry_after),
        SendRefusal::NumberNotServed(_)
        | SendRefusal::MessageRefused(_)
        | SendRefusal::NotSent(_) => LegacyReply::new(Errno::ThirdErr, "云通讯发送失败"),
        SendRefusal::DeliveryUnknown { .. } => {
            LegacyReply::new(Errno::ThirdErr, "短信可能已发出，未收到请稍后重试")
        }
    }
}
