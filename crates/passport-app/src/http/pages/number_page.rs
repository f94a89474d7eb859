//! The first page of each flow: a number and a picture, for a code.

use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{NewChallenge, RequestCode};
use passport_pages::{
    Entry, FormView, NumberInput, NumberView, OutcomeView, Picture, Refusal, Sent,
};

use super::{
    context::Context,
    flow::{self, Flow, FlowPurpose, Stage},
    form::Form,
    number_step,
    visitor::{arrived, arrived_meanwhile},
};

/// `GET /sign-in`, `/sign-up`, `/forgot` and `/undo-number`, with the number of a flow of the browser.
pub(super) async fn show(
    entry: Entry,
    request: HttpRequest,
    mut context: Context,
    new_challenge: web::Data<NewChallenge>,
) -> HttpResponse {
    if let Some(response) = way_round(entry, &request, &context).await {
        return response;
    }
    let flow = flow::any(&request);
    context.notice = flow.as_ref().and_then(Flow::notice).or(context.notice);
    let (picture, refusal) = match number_step::new_picture(&context, &new_challenge).await {
        Ok(picture) => (picture, None),
        Err(refusal) => (Picture::default(), Some(refusal)),
    };
    let number = flow.as_ref().map(Flow::number);
    let number = number.map_or(("", ""), |it| (&*it.typed, &*it.country));
    let fields = Fields {
        number: context.site.number(context.language, number.0, number.1),
        picture,
        remember: flow.as_ref().is_some_and(|flow| flow.remember),
        consent: false,
    };
    page(entry, &context, flow.as_ref(), fields, refusal.as_ref())
}

/// `POST` of the same: sends a code.
pub(super) async fn send(
    entry: Entry,
    request: HttpRequest,
    context: Context,
    form: Form,
    request_code: web::Data<RequestCode>,
    new_challenge: web::Data<NewChallenge>,
) -> HttpResponse {
    if let Some(response) = closed(entry, &context) {
        return response;
    }
    if let Some(response) = arrived_meanwhile(&request, &context, &form).await {
        return response;
    }
    let former = flow::any(&request);
    let refusal = if form.refusal.is_some() || form.asks_to("renew") {
        form.refusal.clone()
    } else {
        let purpose = FlowPurpose::from(entry);
        match number_step::send_code(entry, &context, &form, &request_code).await {
            Ok(flow) => {
                let former = former.as_ref().filter(|former| former.purpose() == purpose);
                let flow = former.map(|former| flow.clone().replacing(former)).unwrap_or(flow);
                let mut response = context.go_on(&flow.address(entry.code_path()));
                flow::store(&request, &mut response, &flow);
                return response;
            }
            Err(refusal) => Some(refusal),
        }
    };
    let picture = number_step::picture_after(&context, &form, refusal.as_ref(), &new_challenge);
    let (picture, refusal) = match picture.await {
        Ok(picture) => (picture, refusal),
        Err(other) => (Picture::default(), refusal.or(Some(other))),
    };
    let fields = Fields {
        number: number_step::number_input(&context, &form),
        picture,
        remember: form.is_ticked("remember"),
        consent: form.is_ticked("consent"),
    };
    page(entry, &context, former.as_ref(), fields, refusal.as_ref())
}

/// What the form holds.
struct Fields {
    number: NumberInput,
    picture: Picture,
    remember: bool,
    consent: bool,
}

fn page(
    entry: Entry,
    context: &Context,
    flow: Option<&Flow>,
    fields: Fields,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let now = context.site.clock.now();
    let action = flow.map_or_else(|| entry.path().to_owned(), |it| it.address(entry.path()));
    let action = context.way(&action);
    let live = flow.filter(|flow| {
        flow.purpose() == entry.into()
            && *flow.stage() == Stage::Code
            && !flow.expires_in(now).is_zero()
    });
    let live =
        live.map(|flow| (flow, flow.masked(), context.way(&flow.address(entry.code_path()))));
    let sent = live.as_ref().map(|(flow, mobile, href)| Sent {
        mobile,
        href,
        resend_in: flow.resend_in(now),
    });
    let view = NumberView {
        entry,
        action: &action,
        form: FormView { refusal: refusal.cloned() },
        number: fields.number,
        picture: fields.picture,
        remember: fields.remember,
        consent: number_step::asks_for_consent(entry, context).then_some(fields.consent),
        sign_up_is_open: context.site.sign_up_is_open,
        sent,
    };
    context.answer(refusal, view.render(&context.page()))
}

/// Where a visitor goes who does not need the page.
async fn way_round(entry: Entry, request: &HttpRequest, context: &Context) -> Option<HttpResponse> {
    match entry {
        // Both can be needed while signed in: on a borrowed device, or because the number was changed.
        Entry::Forgot | Entry::UndoNumber => None,
        Entry::SignIn | Entry::SignUp => match arrived(request, context).await {
            Some(response) => Some(response),
            None => closed(entry, context),
        },
    }
}

/// The page that says that new accounts are not accepted.
fn closed(entry: Entry, context: &Context) -> Option<HttpResponse> {
    if entry != Entry::SignUp || context.site.sign_up_is_open {
        return None;
    }
    let refusal = Refusal::SignUpClosed;
    let back = context.way(Entry::SignIn.path());
    let view = OutcomeView { entry, refusal: &refusal, back: &back, sign_up_is_open: false };
    Some(context.answer(Some(&refusal), view.render(&context.page())))
}
