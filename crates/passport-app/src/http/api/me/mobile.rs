use actix_web::{HttpResponse, web};
use passport_auth::{ChangeNumber, ChangeNumberError, ChangedNumber, Freshness};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::http::{
    api::{
        describe::{
            problems::problems,
            values::{CodeId, CodeText, Mobile},
        },
        fields::typed_code,
        problem::{Code, Problem},
        transport::{RenewedResponse, Transport},
        views::UserView,
    },
    cookies::Cookies,
    extract::{Caller, Json, SignedIn},
};

problems! {
    MobileProblems: MobileInvalid, SmsCodeGone, SmsCodeWrong, ConfirmationRequired, NumberTaken, TooManyChanges,
    Conflict, Stopped, Wait
}

/// A change of the number.
#[derive(Deserialize, ToSchema)]
#[schema(as = NumberChange)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct MobileBody {
    #[schema(value_type = Mobile)]
    mobile: String,
    #[schema(value_type = CodeId)]
    code_id: String,
    #[schema(value_type = CodeText)]
    code: String,
}

/// A number that was changed.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedNumber)]
struct MobileResponse {
    user: UserView,
    /// Time until which the change can be undone from the former number.
    #[serde(with = "time::serde::rfc3339")]
    undo_until: OffsetDateTime,
}

/// `PUT /api/v1/me/mobile`: changes the number.
#[utoipa::path(
    put, path = "/api/v1/me/mobile", operation_id = "changeNumber", tag = "me",
    summary = "Change the number",
    description = "Needs a fresh session, and a code of the purpose `change-number` for the new number. All \
        other sessions end.",
    request_body = MobileBody,
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The number is changed", body = RenewedResponse<MobileResponse>),
        MobileProblems,
    ),
)]
pub(in crate::http::api) async fn set(
    SignedIn { person, carrier }: SignedIn,
    Caller(client): Caller,
    body: Json<MobileBody>,
    change_number: web::Data<ChangeNumber>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    let phone = body.mobile.parse().map_err(|_| Code::MobileInvalid)?;
    let code = typed_code(&body.code_id, body.code)?;
    let changed = change_number.change(person, phone, code, client).await.map_err(refusal)?;
    let ChangedNumber { user, undo_until, renewed } = changed;
    let extra = MobileResponse { user: (&user).into(), undo_until };
    let transport = Transport::of(carrier);
    Ok(transport.renewed(&user, renewed.as_ref(), extra, &freshness, &cookies))
}

fn refusal(refused: ChangeNumberError) -> Problem {
    match refused {
        ChangeNumberError::Denied(denied) => denied.into(),
        ChangeNumberError::NotFresh(required) => required.into(),
        ChangeNumberError::Code(refusal) => refusal.into(),
        ChangeNumberError::PhoneTaken => Problem::from(Code::NumberTaken).with("next", "sign-in"),
        ChangeNumberError::TooManyChanges => Code::TooManyChanges.into(),
        ChangeNumberError::Conflict => Code::Conflict.into(),
    }
}
