use actix_web::{HttpRequest, web};
use passport_auth::{CodePurpose, CodeRequest, RequestCode, RequestCodeError, SendRefusal};
use serde::Deserialize;

use super::{
    challenge_missing, challenge_unsolved, denied,
    fields::{self, given},
    unavailable,
};
use crate::http::{
    answer::{Answer, Errno},
    client_address::Client,
    locale,
};

#[derive(Deserialize)]
struct SmsCodeRequest {
    mobile: String,
    image_code: String,
    image_code_id: String,
}

/// `POST /passport/sms_code`
pub(super) async fn send(
    request: HttpRequest,
    payload: web::Payload,
    client: Client,
    request_code: web::Data<RequestCode>,
) -> Result<Answer, Answer> {
    let fields: SmsCodeRequest = fields::read(&request, payload).await?;
    let (mobile, answer) = (given(fields.mobile)?, given(fields.image_code)?);
    let challenge = given(fields.image_code_id)?;
    let code_request = CodeRequest {
        phone: mobile.parse().map_err(|_| Answer::bad_phone())?,
        purpose: CodePurpose::Register,
        // A UUID, or what our own API issued: nothing else was ever the id of a picture.
        challenge: challenge.parse().map_err(|_| challenge_missing())?,
        answer,
        client: client.0,
        locale: locale::of(&request),
    };
    match request_code.send(code_request).await {
        Ok(()) => Ok(Answer::ok("发送成功")),
        Err(error) => Err(refusal(&error)),
    }
}

fn refusal(refused: &RequestCodeError) -> Answer {
    match refused {
        RequestCodeError::Denied(refusal) => denied(refusal, "数据获取失败"),
        RequestCodeError::Challenge(refusal) => challenge_unsolved(*refusal),
        RequestCodeError::Send(refusal) => not_sent(refusal),
    }
}

fn not_sent(refused: &SendRefusal) -> Answer {
    match refused {
        SendRefusal::CountryNotServed => Answer::bad_phone(),
        SendRefusal::NotStored(_) => unavailable("短信保存失败"),
        SendRefusal::RecipientRefused(_) => Answer::new(Errno::DataErr, "发送短信失败"),
        SendRefusal::NotSent(_) => Answer::new(Errno::ThirdErr, "云通讯发送失败"),
        SendRefusal::DeliveryUnknown(_) => {
            Answer::new(Errno::ThirdErr, "短信可能已发出，未收到请稍后重试")
        }
    }
}
