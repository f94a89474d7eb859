//! The page of each flow on which a code is typed.

use actix_web::{HttpRequest, HttpResponse};
use passport_auth::TypedCode;
use passport_codes::tidy;
use passport_pages::{CodeView, Entry, FormView, OutcomeView, Refusal};
use passport_user::{PhoneNumber, TermsVersion};

use super::{
    context::Context,
    flow::{self, Dead, Flow, FlowNotice, Stage},
    form::Form,
    refusals::Obstacle,
    restore,
};

/// `GET` of the page.
pub(super) fn show(entry: Entry, request: &HttpRequest, context: &Context) -> HttpResponse {
    match find(entry, request, context) {
        Ok(flow) => page(entry, context, &flow, &Form::default(), None),
        Err(response) => *response,
    }
}

/// The flow whose code is to be typed; otherwise the page that shows how far it has come.
pub(super) fn find(
    entry: Entry,
    request: &HttpRequest,
    context: &Context,
) -> Result<Flow, Box<HttpResponse>> {
    let Some(flow) = flow::find(request, entry.into()) else {
        return Err(context.expired(entry.path()).into());
    };
    match flow.stage() {
        Stage::Code | Stage::Checked { .. } => Ok(flow),
        Stage::Leaving { .. } => Err(context.go_on(&flow.address(restore::PATH)).into()),
        Stage::Refused(dead) => Err(outcome(entry, context, &flow, *dead).into()),
        Stage::Over => Err(context.go_on(&flow.address(entry.path())).into()),
    }
}

/// The number of the flow, and the code that was typed. What cannot be a code is refused here, so that a
/// typing error does not cost a try.
pub(super) fn read(flow: &Flow, form: &Form) -> Result<(PhoneNumber, TypedCode), Refusal> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone());
    }
    let code = tidy(form.text("code"));
    let is_code = |code: &str| {
        code.len() == usize::from(flow.length) && code.bytes().all(|it| it.is_ascii_digit())
    };
    match &*code {
        "" => Err(Refusal::CodeMissing),
        code if !is_code(code) => Err(Refusal::CodeForm(flow.length.into())),
        code => proof(flow, code).ok_or(Refusal::CodeGone),
    }
}

/// The number of the flow, and `code` with the id of its request.
pub(super) fn proof(flow: &Flow, code: &str) -> Option<(PhoneNumber, TypedCode)> {
    Some((flow.phone()?, flow.typed(code)?))
}

/// The answer to a code that did not lead on.
pub(super) fn stopped(
    entry: Entry,
    request: &HttpRequest,
    context: &Context,
    flow: &Flow,
    form: &Form,
    obstacle: Obstacle,
) -> HttpResponse {
    let now = context.site.clock.now();
    let (mut response, flow) = match obstacle {
        Obstacle::Refused(refusal) => return page(entry, context, flow, form, Some(&refusal)),
        Obstacle::Dead(dead) => {
            (outcome(entry, context, flow, dead), flow.at(Stage::Refused(dead), now))
        }
        Obstacle::Taken => {
            let address = flow.address(Entry::SignIn.path());
            (context.go_on(&address), flow.over(FlowNotice::NumberTaken, now))
        }
        Obstacle::Leaving { continuation, purge_at } => {
            let stage = restore::stage(&continuation, purge_at);
            (context.go_on(&flow.address(restore::PATH)), flow.at(stage, now))
        }
    };
    flow::store(request, &mut response, &flow);
    response
}

/// The version of the terms that the person consents to: with this form, or with the first one of the flow.
pub(super) fn terms(flow: &Flow, form: &Form) -> Option<TermsVersion> {
    let own = Some(form.text("consent")).filter(|it| !it.is_empty());
    own.or(flow.terms.as_deref())?.parse().ok()
}

/// Whether the box for the consent is ticked, if the page has one: it was not given before.
pub(super) fn consent(form: &Form, refusal: Option<&Refusal>) -> Option<bool> {
    let is_missing = refusal == Some(&Refusal::ConsentMissing);
    let is_ticked = form.is_ticked("consent") && !is_missing;
    (is_missing || is_ticked).then_some(is_ticked)
}

/// The page with the field for the code.
fn page(
    entry: Entry,
    context: &Context,
    flow: &Flow,
    form: &Form,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let now = context.site.clock.now();
    let way = |path| context.way(&flow.address(path));
    let (action, back) = (way(entry.code_path()), way(entry.path()));
    let consent = consent(form, refusal);
    // A code that was given back can be sent again.
    let typed = if refusal == Some(&Refusal::ConsentMissing) { form.trimmed("code") } else { "" };
    let view = CodeView {
        typed,
        consent,
        form: FormView { refusal: refusal.cloned() },
        entry: Some(entry),
        action: &action,
        back: &back,
        mobile: &flow.masked(),
        is_sent: flow.is_sent,
        length: flow.length.into(),
        expires_in: flow.expires_in(now),
        resend_in: flow.resend_in(now),
    };
    context.answer(refusal, view.render(&context.page()))
}

/// The page of a flow that cannot go on.
fn outcome(entry: Entry, context: &Context, flow: &Flow, dead: Dead) -> HttpResponse {
    let (refusal, back) = (Refusal::from(dead), context.way(&flow.address(entry.path())));
    let sign_up_is_open = context.site.sign_up_is_open;
    let view = OutcomeView { entry, refusal: &refusal, back: &back, sign_up_is_open };
    context.answer(Some(&refusal), view.render(&context.page()))
}
