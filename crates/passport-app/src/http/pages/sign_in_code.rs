use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{CodeCredentials, CodeSignIn};
use passport_pages::Entry;

use super::{
    code_page,
    context::Context,
    first_password,
    flow::{self, Flow},
    form::Form,
    refusals::{self, Obstacle},
    visitor::arrived_meanwhile,
};

/// `POST /sign-in/code`: signs in, or up.
pub(super) async fn sign_in(
    request: HttpRequest,
    context: Context,
    form: Form,
    code_sign_in: web::Data<CodeSignIn>,
) -> HttpResponse {
    if let Some(response) = arrived_meanwhile(&request, &context, &form).await {
        return response;
    }
    let flow = match code_page::find(Entry::SignIn, &request, &context) {
        Ok(flow) => flow,
        Err(response) => return *response,
    };
    match act(&request, &context, &form, &flow, &code_sign_in).await {
        Ok(mut response) => {
            flow::end(&request, &mut response, &flow);
            response
        }
        Err(obstacle) => {
            code_page::stopped(Entry::SignIn, &request, &context, &flow, &form, obstacle)
        }
    }
}

async fn act(
    request: &HttpRequest,
    context: &Context,
    form: &Form,
    flow: &Flow,
    code_sign_in: &CodeSignIn,
) -> Result<HttpResponse, Obstacle> {
    let (phone, code) = code_page::read(flow, form)?;
    let credentials = CodeCredentials {
        phone,
        code,
        nick_name: None,
        terms: code_page::terms(flow, form),
        remember: flow.remember,
        client: context.caller.clone(),
        former: context.cookies.session(request),
    };
    let entered = code_sign_in.sign_in(credentials).await.map_err(refusals::code_sign_in)?;
    let mut response = if entered.is_new {
        context.go_on(first_password::PASSWORD_PATH)
    } else {
        context.arrive()
    };
    context.begin_session(&mut response, &entered.signed_in);
    Ok(response)
}
