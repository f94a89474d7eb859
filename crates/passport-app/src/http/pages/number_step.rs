//! The first step of most flows: a number and a picture, for a code.

use std::error::Error;

use passport_auth::{ChallengeId, CodeRequest, NewChallenge, RequestCode, SendRefusal};
use passport_captcha::Alphabet;
use passport_pages::{Entry, NumberInput, Picture, Refusal};
use passport_user::{PhoneNumber, TermsVersion};
use tracing::error;

use super::{
    context::Context,
    flow::{Flow, FlowPurpose, TypedNumber},
    form::Form,
    refusals,
};

/// A number and the answer to a picture, as they were typed and understood.
pub(super) struct Typed {
    pub(super) phone: PhoneNumber,
    pub(super) challenge: ChallengeId,
    pub(super) answer: String,
}

/// Sends a code for the number of the form, and begins the flow that it belongs to.
pub(super) async fn send_code(
    entry: Entry,
    context: &Context,
    form: &Form,
    request_code: &RequestCode,
) -> Result<Flow, Refusal> {
    let purpose = FlowPurpose::from(entry);
    if asks_for_consent(entry, context) && !form.is_ticked("consent") {
        number(context, form)?;
        return Err(Refusal::ConsentMissing);
    }
    let Typed { phone, challenge, answer } = read(context, form)?;
    let client = context.caller.clone();
    let request = CodeRequest {
        phone: phone.clone(),
        purpose: purpose.code_purpose(),
        challenge,
        answer,
        locale: client.locale,
        client,
    };
    let now = context.site.clock.now();
    let (sent, is_sent) = match request_code.send(request).await {
        Ok(sent) => (sent, true),
        Err(refusal) => match refusals::not_requested(refusal) {
            Err(SendRefusal::DeliveryUnknown { sent, .. }) => (sent, false),
            Err(_) => return Err(Refusal::Server),
            Ok(refusal) => return Err(refusal),
        },
    };
    let number = typed_number(form, &phone);
    let mut flow = Flow::begin(purpose, number, sent, is_sent, now);
    flow.remember = form.is_ticked("remember");
    let terms: Option<TermsVersion> = form.text("consent").parse().ok();
    flow.terms = terms.map(|version| version.to_string());
    Ok(flow)
}

/// Whether the form has a box for the consent to the operator's terms.
pub(super) fn asks_for_consent(entry: Entry, context: &Context) -> bool {
    entry == Entry::SignUp && context.site.brand.require_consent
}

/// Reads the form. What no picture can contain is refused here, so that a typing error does not spend
/// the picture.
pub(super) fn read(context: &Context, form: &Form) -> Result<Typed, Refusal> {
    let phone = number(context, form)?;
    let answer = Alphabet::normalise(form.text("picture"));
    if form.text("challenge").is_empty() {
        return Err(Refusal::PictureGone);
    }
    if answer.is_empty() {
        return Err(Refusal::PictureMissing);
    }
    if !context.site.takes_test_answer {
        if let Some(foreign) = answer.chars().find(|it| !Alphabet::contains(*it)) {
            return Err(Refusal::PictureCharacter(foreign));
        }
        if answer.chars().count() != context.site.picture_length {
            return Err(Refusal::PictureLength(context.site.picture_length));
        }
    }
    let challenge = form.text("challenge").parse().map_err(|_| Refusal::PictureGone)?;
    Ok(Typed { phone, challenge, answer })
}

/// The number of a form.
pub(super) fn number(context: &Context, form: &Form) -> Result<PhoneNumber, Refusal> {
    match form.trimmed("mobile") {
        "" => Err(Refusal::MobileMissing),
        typed => {
            let number = context.site.read_number(typed, form.text("country"));
            number.map_err(|_| Refusal::MobileInvalid)
        }
    }
}

/// The number of a form, to be shown again on a later page.
pub(super) fn typed_number(form: &Form, phone: &PhoneNumber) -> TypedNumber {
    TypedNumber::new(phone, form.trimmed("mobile"), form.text("country"))
}

/// The field of the number, with what was typed.
pub(super) fn number_input(context: &Context, form: &Form) -> NumberInput {
    context.site.number(context.language, form.trimmed("mobile"), form.text("country"))
}

/// Whether the picture of a refused form can still be answered.
fn is_untouched(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::MobileMissing
            | Refusal::MobileInvalid
            | Refusal::CountryNotServed
            | Refusal::PictureMissing
            | Refusal::PictureCharacter(_)
            | Refusal::PictureLength(_)
            | Refusal::CodeSent(_)
            | Refusal::NumberLimit(_)
            | Refusal::SendLimit(_)
            | Refusal::ConsentMissing
            | Refusal::Stale
            | Refusal::Cookies
    )
}

/// The picture of a form that was refused: the same one if it can still be answered, otherwise a new one.
pub(super) async fn picture_after(
    context: &Context,
    form: &Form,
    refusal: Option<&Refusal>,
    new_challenge: &NewChallenge,
) -> Result<Picture, Refusal> {
    let id = form.text("challenge");
    if refusal.is_some_and(is_untouched) && id.parse::<ChallengeId>().is_ok() {
        return Ok(Picture {
            id: id.to_owned(),
            length: context.site.picture_length,
            size: context.site.picture_size,
            typed: form.trimmed("picture").to_owned(),
        });
    }
    new_picture(context, new_challenge).await
}

/// A new picture.
pub(super) async fn new_picture(
    context: &Context,
    new_challenge: &NewChallenge,
) -> Result<Picture, Refusal> {
    match new_challenge.issue(context.caller.client).await {
        Ok(challenge) => Ok(Picture {
            id: challenge.id.expose(),
            length: context.site.picture_length,
            size: context.site.picture_size,
            typed: String::new(),
        }),
        Err(refusal) => {
            error!(error = &refusal as &dyn Error, "challenge was not made");
            Err(refusals::challenge(&refusal))
        }
    }
}
