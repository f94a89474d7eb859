use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use passport_auth::{NewChallenge, RequestCode};
use passport_pages::{FormView, Picture, Refusal, SignInView};

use super::{
    context::{Context, see_other},
    flow::{self, FlowPurpose},
    form::Form,
    number_step, refusals,
};

/// `GET /sign-in`
pub(super) async fn show(context: Context, new_challenge: web::Data<NewChallenge>) -> HttpResponse {
    let (picture, refusal) = match number_step::new_picture(&context, &new_challenge).await {
        Ok(picture) => (picture, None),
        Err(refusal) => (Picture::default(), Some(refusal)),
    };
    let status = refusal.as_ref().map_or(StatusCode::OK, refusals::status);
    let view = SignInView {
        form: FormView { refusal },
        number: context.site.number(context.language, "", ""),
        picture,
        remember: false,
        sign_up_is_open: context.site.sign_up_is_open,
    };
    context.respond(status, view.render(&context.page()))
}

/// `POST /sign-in`: sends a code.
pub(super) async fn send(
    request: HttpRequest,
    context: Context,
    form: Form,
    request_code: web::Data<RequestCode>,
    new_challenge: web::Data<NewChallenge>,
) -> HttpResponse {
    let refusal = if form.refusal.is_some() || form.asks_to("renew") {
        form.refusal.clone()
    } else {
        match number_step::send_code(&context, &form, FlowPurpose::SignIn, &request_code).await {
            Ok(flow) => {
                let mut response = see_other(&flow.address("/sign-in/code"));
                flow::store(&request, &mut response, &flow);
                return response;
            }
            Err(refusal) => Some(refusal),
        }
    };
    again(&context, &form, refusal, &new_challenge).await
}

/// The form with what was typed.
async fn again(
    context: &Context,
    form: &Form,
    refusal: Option<Refusal>,
    new_challenge: &NewChallenge,
) -> HttpResponse {
    let picture = number_step::picture_after(context, form, refusal.as_ref(), new_challenge).await;
    let (picture, refusal) = match picture {
        Ok(picture) => (picture, refusal),
        Err(other) => (Picture::default(), refusal.or(Some(other))),
    };
    let status = refusal.as_ref().map_or(StatusCode::OK, refusals::status);
    let view = SignInView {
        form: FormView { refusal },
        number: number_step::number_input(context, form),
        picture,
        remember: form.is_ticked("remember"),
        sign_up_is_open: context.site.sign_up_is_open,
    };
    context.respond(status, view.render(&context.page()))
}
