use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use passport_auth::{Credentials, NotAdmitted, SignIn, SignInError};
use passport_pages::{FormView, Refusal, SignInPasswordView};
use passport_user::Password;

use super::{
    context::{Context, see_other},
    form::Form,
    number_step, refusals,
};
use crate::http::cookies::Cookies;

/// `GET /sign-in/password`
pub(super) async fn show(context: Context) -> HttpResponse {
    let view = SignInPasswordView {
        number: context.site.number(context.language, "", ""),
        sign_up_is_open: context.site.sign_up_is_open,
        ..SignInPasswordView::default()
    };
    context.respond(StatusCode::OK, view.render(&context.page()))
}

/// `POST /sign-in/password`
pub(super) async fn sign_in(
    request: HttpRequest,
    context: Context,
    form: Form,
    sign_in: web::Data<SignIn>,
    cookies: web::Data<Cookies>,
) -> HttpResponse {
    let refusal = match act(&request, &context, &form, &sign_in, &cookies).await {
        Ok(response) => return response,
        Err(refusal) => refusal,
    };
    let status = refusals::status(&refusal);
    let view = SignInPasswordView {
        form: FormView::refused(refusal),
        number: number_step::number_input(&context, &form),
        remember: form.is_ticked("remember"),
        sign_up_is_open: context.site.sign_up_is_open,
    };
    context.respond(status, view.render(&context.page()))
}

async fn act(
    request: &HttpRequest,
    context: &Context,
    form: &Form,
    sign_in: &SignIn,
    cookies: &Cookies,
) -> Result<HttpResponse, Refusal> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone());
    }
    let phone = number_step::number(context, form)?;
    if form.text("password").is_empty() {
        return Err(Refusal::PasswordMissing);
    }
    // No account has a password that this type refuses, so the answer is the usual one.
    let password = Password::new(form.text("password")).map_err(|_| Refusal::CredentialsWrong)?;
    let credentials = Credentials {
        phone,
        password,
        remember: form.is_ticked("remember"),
        client: context.caller.clone(),
        former: cookies.session(request),
    };
    let signed_in = sign_in.sign_in(credentials).await.map_err(|refused| match refused {
        SignInError::Denied(denied) => refusals::denied(&denied),
        SignInError::WrongCredentials(_) => Refusal::CredentialsWrong,
        SignInError::NotAdmitted(NotAdmitted::Disabled | NotAdmitted::Leaving { .. }) => {
            Refusal::Disabled
        }
    })?;
    let mut response = see_other("/account");
    context.begin_session(&mut response, &signed_in);
    Ok(response)
}
