use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{ChangeNumber, ChangeNumberError, ChangedNumber};
use passport_codes::tidy;
use passport_pages::{CodeStep, CodeView, FormView, Notice, Refusal};

use super::{member::Member, then::Then, unmet::Unmet};
use crate::http::pages::{
    context::see_other,
    flow::{self, Flow, FlowPurpose},
    form::Form,
    refusals,
};

const PATH: &str = "/account/number/code";
const BACK: &str = "/account/number";

/// `GET /account/number/code`
pub(in crate::http::pages) async fn show(request: HttpRequest, member: Member) -> HttpResponse {
    match flow::find(&request, FlowPurpose::ChangeNumber) {
        Some(flow) => page(&member, &flow, None),
        None => see_other(BACK),
    }
}

/// `POST /account/number/code`: changes the number.
pub(in crate::http::pages) async fn change(
    request: HttpRequest,
    member: Member,
    form: Form,
    change_number: web::Data<ChangeNumber>,
) -> HttpResponse {
    let Some(flow) = flow::find(&request, FlowPurpose::ChangeNumber) else {
        return see_other(BACK);
    };
    match act(&member, &form, &flow, &change_number).await {
        Ok(ChangedNumber { undo_until, renewed, .. }) => {
            let notice = Notice::NumberChanged { undo_until };
            let address = if renewed.is_some() { "/account" } else { "/sign-in" };
            let mut response = member.context.see_other_with(address, notice);
            member.context.renew_session(&mut response, renewed.as_ref());
            flow::end(&request, &mut response, &flow);
            response
        }
        Err(unmet) => match unmet.shown(&member, &Then::read(&flow.address(PATH))) {
            Ok(refusal) => page(&member, &flow, Some(refusal)),
            Err(response) => response,
        },
    }
}

async fn act(
    member: &Member,
    form: &Form,
    flow: &Flow,
    change_number: &ChangeNumber,
) -> Result<ChangedNumber, Unmet> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone().into());
    }
    let code = tidy(form.text("code"));
    if code.is_empty() {
        return Err(Refusal::CodeMissing.into());
    }
    let phone = flow.phone().ok_or(Refusal::CodeGone)?;
    let code = flow.typed(&code).ok_or(Refusal::CodeGone)?;
    let (person, caller) = (member.person.clone(), member.context.caller.clone());
    change_number.change(person, phone, code, caller).await.map_err(|refused| match refused {
        ChangeNumberError::Denied(denied) => refusals::denied(&denied).into(),
        ChangeNumberError::NotFresh(_) => Unmet::NotFresh,
        ChangeNumberError::Code(refusal) => refusals::code(refusal).into(),
        ChangeNumberError::PhoneTaken => Refusal::NumberTaken.into(),
        ChangeNumberError::TooManyChanges => Refusal::TooManyChanges.into(),
        ChangeNumberError::Conflict => Refusal::Conflict.into(),
    })
}

fn page(member: &Member, flow: &Flow, refusal: Option<Refusal>) -> HttpResponse {
    let now = member.context.site.clock.now();
    let mobile = flow.phone().map(|phone| phone.masked()).unwrap_or_default();
    let action = flow.address(PATH);
    let view = CodeView {
        form: FormView { refusal: refusal.clone() },
        step: CodeStep::ChangeNumber,
        action: &action,
        back: BACK,
        mobile: &mobile,
        is_sent: flow.is_sent,
        length: flow.length.into(),
        expires_in: flow.expires_in(now),
        resend_in: flow.resend_in(now),
    };
    member.respond(refusal.as_ref(), view.render(&member.page()))
}
