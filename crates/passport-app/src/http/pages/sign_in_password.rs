use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Credentials, SignIn};
use passport_pages::{FormView, NumberInput, Refusal, SignInPasswordView};
use passport_user::Password;

use super::{
    context::Context,
    flow::{self, Flow, FlowPurpose},
    form::Form,
    number_step,
    refusals::{self, Obstacle},
    restore,
    visitor::{arrived, arrived_meanwhile},
};

const PATH: &str = "/sign-in/password";

/// `GET /sign-in/password`, with the number of a flow of the browser.
pub(super) async fn show(request: HttpRequest, mut context: Context) -> HttpResponse {
    if let Some(response) = arrived(&request, &context).await {
        return response;
    }
    let flow = flow::any(&request);
    context.notice = flow.as_ref().and_then(Flow::notice).or(context.notice);
    let number = flow.as_ref().map(Flow::number);
    let (typed, country) = number.map_or(("", ""), |it| (&*it.typed, &*it.country));
    let number = context.site.number(context.language, typed, country);
    let remember = flow.as_ref().is_some_and(|flow| flow.remember);
    page(&context, flow.as_ref(), number, remember, None)
}

/// `POST /sign-in/password`
pub(super) async fn sign_in(
    request: HttpRequest,
    context: Context,
    form: Form,
    sign_in: web::Data<SignIn>,
) -> HttpResponse {
    if let Some(response) = arrived_meanwhile(&request, &context, &form).await {
        return response;
    }
    let refusal = match act(&request, &context, &form, &sign_in).await {
        Ok(response) => return response,
        Err(Obstacle::Leaving { continuation, purge_at }) => {
            if let Ok(phone) = number_step::number(&context, &form) {
                let number = number_step::typed_number(&form, &phone);
                let stage = restore::stage(&continuation, purge_at);
                let now = context.site.clock.now();
                let mut flow = Flow::without_code(FlowPurpose::SignIn, number, stage, now);
                flow.remember = form.is_ticked("remember");
                let mut response = context.go_on(&flow.address(restore::PATH));
                flow::store(&request, &mut response, &flow);
                return response;
            }
            Refusal::MobileInvalid
        }
        Err(Obstacle::Refused(refusal)) => refusal,
        Err(Obstacle::Dead(dead)) => dead.into(),
        Err(Obstacle::Taken) => Refusal::NumberTaken,
    };
    let number = number_step::number_input(&context, &form);
    let flow = flow::any(&request);
    page(&context, flow.as_ref(), number, form.is_ticked("remember"), Some(&refusal))
}

async fn act(
    request: &HttpRequest,
    context: &Context,
    form: &Form,
    sign_in: &SignIn,
) -> Result<HttpResponse, Obstacle> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone().into());
    }
    let phone = number_step::number(context, form)?;
    if form.text("password").is_empty() {
        return Err(Refusal::PasswordMissing.into());
    }
    // No account has a password that this type refuses, so the answer is the usual one.
    let password = Password::new(form.text("password")).map_err(|_| Refusal::CredentialsWrong)?;
    let credentials = Credentials {
        phone,
        password,
        remember: form.is_ticked("remember"),
        client: context.caller.clone(),
        former: context.cookies.session(request),
    };
    let signed_in = sign_in.sign_in(credentials).await.map_err(refusals::sign_in)?;
    let mut response = context.arrive();
    context.begin_session(&mut response, &signed_in);
    if let Some(flow) = flow::any(request) {
        flow::end(request, &mut response, &flow);
    }
    Ok(response)
}

fn page(
    context: &Context,
    flow: Option<&Flow>,
    number: NumberInput,
    remember: bool,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let action = flow.map_or_else(|| PATH.to_owned(), |flow| flow.address(PATH));
    let action = context.way(&action);
    let view = SignInPasswordView {
        action: &action,
        form: FormView { refusal: refusal.cloned() },
        number,
        remember,
        sign_up_is_open: context.site.sign_up_is_open,
    };
    context.answer(refusal, view.render(&context.page()))
}
