use actix_web::{FromRequest, HttpRequest, HttpResponse, http::StatusCode, web};
use passport_auth::{
    ChallengeId, CodePurpose, CodeRequest, RequestCode, RequestCodeError, RequestOwnCode,
    RequestOwnCodeError, SendRefusal, SentCode, Solved,
};
use passport_user::PhoneNumber;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::describe::{
    forms::forms,
    problems::problems,
    values::{ChallengeAnswer, ChallengeIdText, CodeId, LanguageTag, Mobile},
};
use super::problem::{Code, Problem};
use crate::http::{
    extract::{Caller, FieldFault, Json, SignedIn, absent, invalid, required},
    locale,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeBody {
    purpose: PurposeName,
    mobile: Option<String>,
    challenge: Option<ChallengeBody>,
    locale: Option<String>,
}

forms! {
    /// A request for a code.
    CodeForms as "CodeRequest": CodeForNumber, CodeForOwnNumber
}

/// A code for a number, with the answer to a challenge.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for requests in the document")]
struct CodeForNumber {
    #[schema(inline)]
    purpose: NumberPurpose,
    mobile: Mobile,
    challenge: ChallengeBody,
    locale: Option<LanguageTag>,
}

/// A code for the number of the signed-in user.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for requests in the document")]
struct CodeForOwnNumber {
    #[schema(inline)]
    purpose: OwnPurpose,
    locale: Option<LanguageTag>,
}

/// Answer to a challenge.
#[derive(Deserialize, ToSchema)]
#[schema(as = AnsweredChallenge)]
#[serde(deny_unknown_fields)]
struct ChallengeBody {
    #[schema(value_type = ChallengeIdText)]
    id: String,
    #[schema(value_type = ChallengeAnswer)]
    answer: String,
}

/// What the code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PurposeName {
    SignUp,
    SignIn,
    Reset,
    UndoNumber,
    ChangeNumber,
    Confirm,
}

/// Purpose of a code for a number. `change-number` needs a session.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "it stands for requests in the document")]
enum NumberPurpose {
    SignUp,
    SignIn,
    Reset,
    UndoNumber,
    ChangeNumber,
}

/// Purpose of a code for the user's own number. It needs a session.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "it stands for requests in the document")]
enum OwnPurpose {
    Confirm,
}

/// A code that was sent.
#[derive(Serialize, ToSchema)]
#[schema(as = SentCode)]
struct SentCodeResponse {
    /// Member of every request that redeems the code.
    #[schema(value_type = CodeId, required = true)]
    code_id: Option<String>,
    /// Seconds.
    expires_in: u64,
    /// Seconds.
    resend_after: u64,
    /// Number of digits.
    length: u8,
}

problems! {
    SendProblems: NotSignedIn, MobileInvalid, CountryNotServed, ChallengeWrong, ChallengeGone,
    ConfirmationRequired, RecipientRefused, RecipientThrottled, Stopped, NotSent, DeliveryUnknown, Wait
}

/// `POST /api/v1/codes`: sends a code to a phone number.
///
/// The session is looked up only for the purposes that need one: a browser whose session has ended must
/// be able to sign in again.
#[utoipa::path(
    post, path = "/api/v1/codes", operation_id = "sendCode", tag = "codes",
    summary = "Send a code",
    description = "The code goes out by text message, whether or not the number has an account. It is \
        redeemed together with its `code_id`, for the purpose that it was sent for.",
    request_body = CodeForms,
    security((), ("cookie" = []), ("bearer" = [])),
    responses(
        (status = 202, description = "The code was sent", body = SentCodeResponse),
        SendProblems,
    ),
)]
pub(super) async fn send(
    request: HttpRequest,
    Caller(caller): Caller,
    body: Json<CodeBody>,
    request_code: web::Data<RequestCode>,
    own: web::Data<RequestOwnCode>,
) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    let caller = match body.locale.as_deref() {
        Some(tag) => {
            let locale = locale::of_tag(tag).ok_or_else(|| invalid("locale"))?;
            passport_auth::Caller { locale, ..caller }
        }
        None => caller,
    };
    let sent = match body.purpose {
        PurposeName::SignUp => anonymous(CodePurpose::SignUp, body, caller, &request_code).await?,
        PurposeName::SignIn => anonymous(CodePurpose::SignIn, body, caller, &request_code).await?,
        PurposeName::Reset => anonymous(CodePurpose::Reset, body, caller, &request_code).await?,
        PurposeName::UndoNumber => {
            anonymous(CodePurpose::UndoNumber, body, caller, &request_code).await?
        }
        PurposeName::ChangeNumber => {
            let SignedIn { person, .. } = SignedIn::extract(&request).await?;
            let (phone, solved) = body.solved()?;
            own.change_number(person, phone, solved, caller).await.map_err(own_refusal)?
        }
        PurposeName::Confirm => {
            let SignedIn { person, .. } = SignedIn::extract(&request).await?;
            body.without_number()?;
            own.confirm(person, caller).await.map_err(own_refusal)?
        }
    };
    Ok(HttpResponse::build(StatusCode::ACCEPTED).json(SentCodeResponse::from(sent)))
}

async fn anonymous(
    purpose: CodePurpose,
    body: CodeBody,
    client: passport_auth::Caller,
    request_code: &RequestCode,
) -> Result<SentCode, Problem> {
    let (phone, Solved { challenge, answer }) = body.solved()?;
    let locale = client.locale;
    let request = CodeRequest { phone, purpose, challenge, answer, client, locale };
    request_code.send(request).await.map_err(refusal)
}

impl CodeBody {
    fn solved(self) -> Result<(PhoneNumber, Solved), Problem> {
        let mobile = required(self.mobile, "mobile")?;
        let challenge = required(self.challenge, "challenge")?;
        let phone = mobile.parse().map_err(|_| Code::MobileInvalid)?;
        let id = challenge.id.parse::<ChallengeId>().map_err(|_| Code::ChallengeGone)?;
        Ok((phone, Solved { challenge: id, answer: challenge.answer }))
    }

    fn without_number(&self) -> Result<(), FieldFault> {
        absent(self.mobile.as_ref(), "mobile")?;
        absent(self.challenge.as_ref(), "challenge")
    }
}

impl From<SentCode> for SentCodeResponse {
    fn from(sent: SentCode) -> Self {
        Self {
            code_id: sent.id.map(|id| id.expose()),
            expires_in: sent.expires_in.as_secs(),
            resend_after: sent.resend_after.as_secs(),
            length: sent.length,
        }
    }
}

fn refusal(refused: RequestCodeError) -> Problem {
    match refused {
        RequestCodeError::Denied(denied) => denied.into(),
        RequestCodeError::Challenge(refusal) => refusal.into(),
        RequestCodeError::Send(refusal) => not_sent(&refusal),
    }
}

fn own_refusal(refused: RequestOwnCodeError) -> Problem {
    match refused {
        RequestOwnCodeError::Denied(denied) => denied.into(),
        RequestOwnCodeError::NotFresh(required) => required.into(),
        RequestOwnCodeError::Challenge(refusal) => refusal.into(),
        RequestOwnCodeError::NoNumber => Code::RecipientRefused.into(),
        RequestOwnCodeError::Send(refusal) => not_sent(&refusal),
    }
}

fn not_sent(refusal: &SendRefusal) -> Problem {
    match refusal {
        SendRefusal::CountryNotServed => Code::CountryNotServed.into(),
        SendRefusal::NotStored(_) => Code::Unavailable.into(),
        SendRefusal::RecipientRefused(_) => Code::RecipientRefused.into(),
        SendRefusal::RecipientThrottled { retry_after, .. } => {
            Problem::retry_after(Code::RecipientThrottled, *retry_after)
        }
        SendRefusal::NumberNotServed(_)
        | SendRefusal::MessageRefused(_)
        | SendRefusal::NotSent(_) => Code::NotSent.into(),
        SendRefusal::DeliveryUnknown { sent, .. } => {
            let sent = SentCodeResponse::from(*sent);
            Problem::from(Code::DeliveryUnknown)
                .with("code_id", json!(sent.code_id))
                .with("expires_in", sent.expires_in)
                .with("resend_after", sent.resend_after)
                .with("length", sent.length)
        }
    }
}
