//! `/sign-up/password` without a flow: a password for an account that was made a moment ago.

use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Authenticated, ChangePassword, NewPassword};
use passport_pages::{Entry, FormView, NewPasswordView, PasswordStep, Refusal};

use super::{
    context::{Context, see_other},
    form::Form,
    password_page, refusals,
    visitor::signed_in,
};

pub(super) const PASSWORD_PATH: &str = "/sign-up/password";

/// Whether the request belongs to no flow.
pub(super) fn is_asked(request: &HttpRequest) -> bool {
    let mut query = form_urlencoded::parse(request.query_string().as_bytes());
    query.all(|(key, _)| key != "f")
}

/// `GET`
pub(super) async fn show(request: HttpRequest, context: Context) -> HttpResponse {
    match owner(&request, &context).await {
        Ok(person) => page(&context, Some(&person), None),
        Err(Owner::Redirect(response)) => response,
        Err(Owner::Unknown(refusal)) => page(&context, None, Some(&refusal)),
    }
}

/// `POST`
pub(super) async fn set(
    request: HttpRequest,
    context: Context,
    form: Form,
    change_password: web::Data<ChangePassword>,
) -> HttpResponse {
    let person = match owner(&request, &context).await {
        Ok(person) => person,
        Err(Owner::Redirect(response)) => return response,
        Err(Owner::Unknown(refusal)) => return page(&context, None, Some(&refusal)),
    };
    let password = match password_page::read(&form, &context) {
        Ok(password) => password,
        Err(refusal) => return page(&context, Some(&person), Some(&refusal)),
    };
    let new = NewPassword { current: None, password, keep_sessions: false };
    let client = context.caller.clone();
    match change_password
        .change(person.clone(), new, client)
        .await
        .map_err(refusals::change_password)
    {
        Ok(change) => {
            let mut response = context.arrive();
            context.renew_session(&mut response, change.renewed.as_ref());
            response
        }
        Err(Some(refusal)) => page(&context, Some(&person), Some(&refusal)),
        Err(None) => see_other("/account/password"),
    }
}

/// Why the page is not shown to its owner.
enum Owner {
    Redirect(HttpResponse),
    Unknown(Refusal),
}

/// The person whose account has no password yet.
async fn owner(request: &HttpRequest, context: &Context) -> Result<Authenticated, Owner> {
    match signed_in(request).await {
        Ok(Some(person)) if person.user.password_hash.is_none() => Ok(person),
        Ok(Some(_)) => Err(Owner::Redirect(context.arrive())),
        Ok(None) => Err(Owner::Redirect(context.expired(Entry::SignIn.path()))),
        Err(refusal) => Err(Owner::Unknown(refusal)),
    }
}

fn page(
    context: &Context,
    person: Option<&Authenticated>,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let phone = person.and_then(|person| person.user.phone.as_ref());
    let view = NewPasswordView {
        form: FormView { refusal: refusal.cloned() },
        step: PasswordStep::FirstPassword,
        action: &context.way(PASSWORD_PATH),
        mobile: phone.map_or("", |phone| phone.as_e164()),
        consent: None,
        rules: context.site.password_rules,
    };
    context.answer(refusal, view.render(&context.page()))
}
