use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Continuation, Restore, Return};
use passport_pages::{Entry, FormView, Refusal, RestoreView};
use time::OffsetDateTime;

use super::{
    context::Context,
    flow::{self, Flow, FlowNotice, FlowPurpose, Stage},
    form::Form,
    refusals,
    visitor::arrived_meanwhile,
};

pub(super) const PATH: &str = "/sign-in/restore";

/// The stage of a flow that leads here.
pub(super) fn stage(continuation: &Continuation, purge_at: OffsetDateTime) -> Stage {
    Stage::Leaving {
        continuation: continuation.expose().to_owned(),
        purge_at: purge_at.unix_timestamp(),
    }
}

/// `GET /sign-in/restore`
pub(super) async fn show(request: HttpRequest, context: Context) -> HttpResponse {
    match find(&request, &context) {
        Ok((flow, _, purge_at)) => page(&context, &flow, purge_at, None),
        Err(response) => *response,
    }
}

/// `POST /sign-in/restore`: withdraws the deletion and signs in.
pub(super) async fn restore(
    request: HttpRequest,
    context: Context,
    form: Form,
    restore: web::Data<Restore>,
) -> HttpResponse {
    if let Some(response) = arrived_meanwhile(&request, &context, &form).await {
        return response;
    }
    let (flow, continuation, purge_at) = match find(&request, &context) {
        Ok(found) => found,
        Err(response) => return *response,
    };
    if form.refusal.is_some() {
        return page(&context, &flow, purge_at, form.refusal.as_ref());
    }
    let asked = Return {
        continuation,
        remember: flow.remember,
        client: context.caller.clone(),
        former: context.cookies.session(&request),
    };
    match restore.restore(asked).await.map_err(refusals::restore) {
        Ok(signed_in) => {
            let mut response = context.arrive();
            context.begin_session(&mut response, &signed_in);
            flow::end(&request, &mut response, &flow);
            response
        }
        Err(Some(refusal)) => page(&context, &flow, purge_at, Some(&refusal)),
        Err(None) => {
            let mut response = context.go_on(&flow.address(Entry::SignIn.path()));
            let over = flow.over(FlowNotice::RestoreExpired, context.site.clock.now());
            flow::store(&request, &mut response, &over);
            response
        }
    }
}

fn find(
    request: &HttpRequest,
    context: &Context,
) -> Result<(Flow, Continuation, OffsetDateTime), Box<HttpResponse>> {
    let flow = flow::find(request, FlowPurpose::SignIn);
    let Some(flow) = flow else { return Err(context.expired(Entry::SignIn.path()).into()) };
    match flow.leaving() {
        Some((continuation, purge_at)) => Ok((flow, continuation, purge_at)),
        None => Err(context.go_on(&flow.address(Entry::SignIn.path())).into()),
    }
}

fn page(
    context: &Context,
    flow: &Flow,
    purge_at: OffsetDateTime,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let action = context.way(&flow.address(PATH));
    let view =
        RestoreView { form: FormView { refusal: refusal.cloned() }, action: &action, purge_at };
    context.answer(refusal, view.render(&context.page()))
}
