use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{CheckCode, PasswordReset, ResetPassword};
use passport_pages::Entry;

use super::{
    code_page,
    context::Context,
    flow::{self, FlowNotice},
    form::Form,
    password_page::{self, PasswordPage},
    refusals,
};

/// `POST /forgot/code`: compares the code.
pub(super) async fn check(
    request: HttpRequest,
    context: Context,
    form: Form,
    check_code: web::Data<CheckCode>,
) -> HttpResponse {
    let flow = match code_page::find(Entry::Forgot, &request, &context) {
        Ok(flow) => flow,
        Err(response) => return *response,
    };
    let outcome = match code_page::read(&flow, &form) {
        Ok(proof) => {
            let next = "/forgot/password";
            password_page::after_check(&request, &context, &flow, proof, &check_code, next).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(response) => response,
        Err(obstacle) => {
            code_page::stopped(Entry::Forgot, &request, &context, &flow, &form, obstacle)
        }
    }
}

/// `GET /forgot/password`
pub(super) async fn show_password(request: HttpRequest, context: Context) -> HttpResponse {
    password_page::show(PasswordPage::Reset, &request, &context)
}

/// `POST /forgot/password`: replaces the password. Does not sign in.
pub(super) async fn reset(
    request: HttpRequest,
    context: Context,
    form: Form,
    reset_password: web::Data<ResetPassword>,
) -> HttpResponse {
    let page = PasswordPage::Reset;
    let (flow, (phone, code)) = match password_page::find(page, &request, &context) {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let outcome = match password_page::read(&form, &context) {
        Ok(password) => {
            let reset = PasswordReset { phone, code, password, client: context.caller.clone() };
            reset_password.reset(reset).await.map_err(refusals::reset_password)
        }
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(()) => {
            let mut response = context.go_on(&flow.address("/sign-in/password"));
            let over = flow.over(FlowNotice::PasswordReset, context.site.clock.now());
            flow::store(&request, &mut response, &over);
            response
        }
        Err(obstacle) => password_page::stopped(page, &request, &context, &flow, &form, obstacle),
    }
}
