use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{
    ConfirmError, ConfirmSession, Freshness, Proof, Renewed, RequestOwnCode, SendRefusal,
};
use passport_pages::{ConfirmProof, ConfirmView, FormView, Notice, Refusal};
use passport_session::Method;
use passport_user::Password;

use super::{
    member::Member,
    then::Then,
    unmet::{Unmet, not_requested},
};
use crate::http::pages::{
    code_page,
    context::see_other,
    flow::{self, Flow, FlowPurpose, TypedNumber},
    form::Form,
    refusals,
};

/// `GET /account/confirm`
pub(in crate::http::pages) async fn show(
    request: HttpRequest,
    member: Member,
    freshness: web::Data<Freshness>,
) -> HttpResponse {
    let then = Then::of(request.query_string());
    // What an application takes for fresh is not known here.
    if !member.context.is_for_app() && freshness.require(&member.person).is_ok() {
        return see_other(then.address());
    }
    page(&member, &then, own_flow(&request, &member).as_ref(), None)
}

/// `POST /account/confirm`: sends a code to the own number, or checks the proof.
pub(in crate::http::pages) async fn act(
    request: HttpRequest,
    member: Member,
    form: Form,
    own_code: web::Data<RequestOwnCode>,
    confirm_session: web::Data<ConfirmSession>,
) -> HttpResponse {
    let then = Then::of(request.query_string());
    let flow = own_flow(&request, &member);
    let done = if form.refusal.is_none() && form.asks_to("send") {
        send(&member, &own_code).await.map(|flow| {
            let path = format!("{}&f={}", then.confirmation(), flow.id());
            let mut response = member.context.go_on(&path);
            flow::store(&request, &mut response, &flow);
            response
        })
    } else {
        confirm(&member, &form, flow.as_ref(), &confirm_session).await.map(|renewed| {
            let context = &member.context;
            let mut response = context
                .return_to_app()
                .unwrap_or_else(|| context.see_other_with(then.address(), Notice::Confirmed));
            member.context.renew_session(&mut response, Some(&renewed));
            if let Some(flow) = &flow {
                flow::end(&request, &mut response, flow);
            }
            response
        })
    };
    done.unwrap_or_else(|unmet| {
        unmet.answer(&member, &then, |refusal| page(&member, &then, flow.as_ref(), Some(refusal)))
    })
}

/// The flow of the request, if its code was sent to the person's number.
fn own_flow(request: &HttpRequest, member: &Member) -> Option<Flow> {
    let flow = flow::find(request, FlowPurpose::Confirm)?;
    let is_own = flow.phone().is_some() && flow.phone() == member.person.user.phone;
    is_own.then_some(flow)
}

async fn send(member: &Member, own_code: &RequestOwnCode) -> Result<Flow, Unmet> {
    let context = &member.context;
    let phone = member.person.user.phone.clone().ok_or(Refusal::NoNumber)?;
    let (person, caller, now) =
        (member.person.clone(), context.caller.clone(), context.site.clock.now());
    let (sent, is_sent) = match own_code.confirm(person, caller).await {
        Ok(sent) => (sent, true),
        Err(refused) => match not_requested(refused) {
            Err(SendRefusal::DeliveryUnknown { sent, .. }) => (sent, false),
            Err(_) => return Err(Refusal::Server.into()),
            Ok(unmet) => return Err(unmet),
        },
    };
    let number = TypedNumber::new(&phone, "", "");
    Ok(Flow::begin(FlowPurpose::Confirm, number, sent, is_sent, now))
}

async fn confirm(
    member: &Member,
    form: &Form,
    flow: Option<&Flow>,
    confirm_session: &ConfirmSession,
) -> Result<Renewed, Unmet> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone().into());
    }
    let proof = proof(member, form, flow)?;
    let (person, caller) = (member.person.clone(), member.context.caller.clone());
    confirm_session.confirm(person, proof, caller).await.map_err(|refused| match refused {
        ConfirmError::Denied(denied) => denied.into(),
        ConfirmError::WrongProof(_) => Refusal::PasswordWrong.into(),
        ConfirmError::Code(refusal) => refusals::code(refusal).into(),
        // The account got a password since the page was rendered.
        ConfirmError::TooWeak(_) => Refusal::Conflict.into(),
        ConfirmError::SessionEnded => Unmet::SessionEnded,
    })
}

fn proof(member: &Member, form: &Form, flow: Option<&Flow>) -> Result<Proof, Refusal> {
    if takes_password(member) {
        return match form.text("password") {
            "" => Err(Refusal::PasswordMissing),
            // No account has a password that this type refuses, so the answer is the usual one.
            text => Password::new(text).map(Proof::Password).map_err(|_| Refusal::PasswordWrong),
        };
    }
    let (_, code) = code_page::read(flow.ok_or(Refusal::CodeGone)?, form)?;
    Ok(Proof::Code(code))
}

fn takes_password(member: &Member) -> bool {
    Freshness::accepted(&member.person.user).contains(&Method::Password)
}

fn page(
    member: &Member,
    then: &Then,
    flow: Option<&Flow>,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let now = member.context.site.clock.now();
    let mobile = member.mobile().unwrap_or_default();
    let again = member.context.way(&then.confirmation());
    let (action, proof) = match flow {
        _ if takes_password(member) => (again.clone(), ConfirmProof::Password),
        None => (again.clone(), ConfirmProof::Code { mobile }),
        Some(flow) => {
            let proof = ConfirmProof::SentCode {
                mobile,
                is_sent: flow.is_sent,
                length: flow.length.into(),
                expires_in: flow.expires_in(now),
                resend_in: flow.resend_in(now),
                again: &again,
            };
            (format!("{again}&f={}", flow.id()), proof)
        }
    };
    let view = ConfirmView { form: FormView { refusal: refusal.cloned() }, action: &action, proof };
    member.respond(refusal, view.render(&member.page()))
}
