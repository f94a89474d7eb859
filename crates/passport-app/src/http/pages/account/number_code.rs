use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{ChangeNumber, ChangeNumberError, ChangedNumber};
use passport_pages::{CodeView, FormView, Notice, Refusal};

use super::{member::Member, then::Then, unmet::Unmet};
use crate::http::pages::{
    code_page,
    context::see_other,
    flow::{self, Flow, FlowPurpose, Stage},
    form::Form,
    refusals,
};

const PATH: &str = "/account/number/code";
const BACK: &str = "/account/number";

/// `GET /account/number/code`
pub(in crate::http::pages) async fn show(request: HttpRequest, member: Member) -> HttpResponse {
    match find(&request) {
        Some(flow) => page(&member, &flow, None),
        None => see_other(BACK),
    }
}

/// The flow whose code is to be typed.
fn find(request: &HttpRequest) -> Option<Flow> {
    flow::find(request, FlowPurpose::ChangeNumber).filter(|flow| *flow.stage() == Stage::Code)
}

/// `POST /account/number/code`: changes the number.
pub(in crate::http::pages) async fn change(
    request: HttpRequest,
    member: Member,
    form: Form,
    change_number: web::Data<ChangeNumber>,
) -> HttpResponse {
    let Some(flow) = find(&request) else { return see_other(BACK) };
    match act(&member, &form, &flow, &change_number).await {
        Ok(ChangedNumber { undo_until, renewed, .. }) => {
            let notice = Notice::NumberChanged { undo_until };
            let address = if renewed.is_some() { "/account" } else { "/sign-in" };
            let mut response = member.context.see_other_with(address, notice);
            member.context.renew_session(&mut response, renewed.as_ref());
            flow::end(&request, &mut response, &flow);
            response
        }
        Err(unmet) => {
            let then = Then::read(&flow.address(PATH));
            unmet.answer(&member, &then, |refusal| page(&member, &flow, Some(refusal)))
        }
    }
}

async fn act(
    member: &Member,
    form: &Form,
    flow: &Flow,
    change_number: &ChangeNumber,
) -> Result<ChangedNumber, Unmet> {
    let (phone, code) = code_page::read(flow, form)?;
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

fn page(member: &Member, flow: &Flow, refusal: Option<&Refusal>) -> HttpResponse {
    let now = member.context.site.clock.now();
    let (action, back) = (flow.address(PATH), flow.address(BACK));
    let view = CodeView {
        form: FormView { refusal: refusal.cloned() },
        entry: None,
        action: &action,
        back: &back,
        mobile: &flow.masked(),
        is_sent: flow.is_sent,
        typed: "",
        consent: None,
        length: flow.length.into(),
        expires_in: flow.expires_in(now),
        resend_in: flow.resend_in(now),
    };
    member.respond(refusal, view.render(&member.page()))
}
