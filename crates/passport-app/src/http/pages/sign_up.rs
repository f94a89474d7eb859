use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{CheckCode, CodeSignUp, NewUser, TypedCode};
use passport_pages::Entry;
use passport_user::{Password, PhoneNumber};

use super::{
    code_page,
    context::Context,
    first_password::{self, PASSWORD_PATH},
    flow::{self, Flow},
    form::Form,
    password_page::{self, PasswordPage},
    refusals::{self, Obstacle},
    visitor::arrived_meanwhile,
};

/// `POST /sign-up/code`: makes the account and signs in. Where accounts need a password, the code is only
/// compared here.
pub(super) async fn check(
    request: HttpRequest,
    context: Context,
    form: Form,
    check_code: web::Data<CheckCode>,
    code_sign_up: web::Data<CodeSignUp>,
) -> HttpResponse {
    if let Some(response) = arrived_meanwhile(&request, &context, &form).await {
        return response;
    }
    let flow = match code_page::find(Entry::SignUp, &request, &context) {
        Ok(flow) => flow,
        Err(response) => return *response,
    };
    let outcome = match code_page::read(&flow, &form) {
        Err(refusal) => Err(refusal.into()),
        Ok((phone, code)) if context.site.passwordless => {
            create(&request, &context, &flow, &form, (phone, code), None, &code_sign_up).await
        }
        Ok(proof) => {
            password_page::after_check(&request, &context, &flow, proof, &check_code, PASSWORD_PATH)
                .await
        }
    };
    match outcome {
        Ok(response) => response,
        Err(obstacle) => {
            code_page::stopped(Entry::SignUp, &request, &context, &flow, &form, obstacle)
        }
    }
}

/// `GET /sign-up/password`: in a flow before the account is made, otherwise for an account that was made a
/// moment ago.
pub(super) async fn show_password(request: HttpRequest, context: Context) -> HttpResponse {
    if first_password::is_asked(&request) {
        return first_password::show(request, context).await;
    }
    password_page::show(PasswordPage::NewAccount, &request, &context)
}

/// `POST /sign-up/password` in a flow: makes the account and signs in.
pub(super) async fn choose_password(
    request: HttpRequest,
    context: Context,
    form: Form,
    code_sign_up: web::Data<CodeSignUp>,
    change_password: web::Data<passport_auth::ChangePassword>,
) -> HttpResponse {
    if first_password::is_asked(&request) {
        return first_password::set(request, context, form, change_password).await;
    }
    if let Some(response) = arrived_meanwhile(&request, &context, &form).await {
        return response;
    }
    let page = PasswordPage::NewAccount;
    let (flow, proof) = match password_page::find(page, &request, &context) {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let outcome = match password_page::read(&form, &context) {
        Ok(password) => {
            create(&request, &context, &flow, &form, proof, Some(password), &code_sign_up).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(response) => response,
        Err(obstacle) => password_page::stopped(page, &request, &context, &flow, &form, obstacle),
    }
}

async fn create(
    request: &HttpRequest,
    context: &Context,
    flow: &Flow,
    form: &Form,
    (phone, code): (PhoneNumber, TypedCode),
    password: Option<Password>,
    code_sign_up: &CodeSignUp,
) -> Result<HttpResponse, Obstacle> {
    let is_complete = password.is_some();
    let new = NewUser {
        phone,
        code,
        password,
        nick_name: None,
        terms: code_page::terms(flow, form),
        remember: flow.remember,
        client: context.caller.clone(),
        former: context.cookies.session(request),
    };
    let signed_in = code_sign_up.sign_up(new).await.map_err(refusals::sign_up)?;
    let mut response = if is_complete { context.arrive() } else { context.go_on(PASSWORD_PATH) };
    context.begin_session(&mut response, &signed_in);
    flow::end(request, &mut response, flow);
    Ok(response)
}
