use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use passport_auth::{CodeCredentials, CodeSignIn, CodeSignInError, NotAdmitted};
use passport_codes::tidy;
use passport_pages::{CodeStep, CodeView, FormView, Refusal};

use super::{
    context::{Context, see_other},
    flow::{self, Flow, FlowPurpose},
    form::Form,
    refusals,
};
use crate::http::cookies::Cookies;

const PATH: &str = "/sign-in/code";
const BACK: &str = "/sign-in";

/// `GET /sign-in/code`
pub(super) async fn show(request: HttpRequest, context: Context) -> HttpResponse {
    match flow::find(&request, FlowPurpose::SignIn) {
        Some(flow) => page(&context, &flow, None),
        None => see_other(BACK),
    }
}

/// `POST /sign-in/code`: signs in, or up.
pub(super) async fn sign_in(
    request: HttpRequest,
    context: Context,
    form: Form,
    code_sign_in: web::Data<CodeSignIn>,
    cookies: web::Data<Cookies>,
) -> HttpResponse {
    let Some(flow) = flow::find(&request, FlowPurpose::SignIn) else { return see_other(BACK) };
    match act(&request, &context, &form, &flow, &code_sign_in, &cookies).await {
        Ok(mut response) => {
            flow::end(&request, &mut response, &flow);
            response
        }
        Err(refusal) => page(&context, &flow, Some(refusal)),
    }
}

async fn act(
    request: &HttpRequest,
    context: &Context,
    form: &Form,
    flow: &Flow,
    code_sign_in: &CodeSignIn,
    cookies: &Cookies,
) -> Result<HttpResponse, Refusal> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone());
    }
    let code = tidy(form.text("code"));
    if code.is_empty() {
        return Err(Refusal::CodeMissing);
    }
    let credentials = CodeCredentials {
        phone: flow.phone().ok_or(Refusal::CodeGone)?,
        code: flow.typed(&code).ok_or(Refusal::CodeGone)?,
        nick_name: None,
        terms: None,
        remember: flow.remember,
        client: context.caller.clone(),
        former: cookies.session(request),
    };
    let entered = code_sign_in.sign_in(credentials).await.map_err(|refused| match refused {
        CodeSignInError::Denied(denied) => refusals::denied(&denied),
        CodeSignInError::Code(refusal) => refusals::code(refusal),
        CodeSignInError::SignUpClosed => Refusal::SignUpClosed,
        CodeSignInError::Consent(_) => Refusal::ConsentMissing,
        CodeSignInError::NoAccount
        | CodeSignInError::KeptBack
        | CodeSignInError::NotAdmitted(NotAdmitted::Disabled | NotAdmitted::Leaving { .. }) => {
            Refusal::Disabled
        }
    })?;
    let mut response = see_other("/account");
    context.begin_session(&mut response, &entered.signed_in);
    Ok(response)
}

fn page(context: &Context, flow: &Flow, refusal: Option<Refusal>) -> HttpResponse {
    let now = context.site.clock.now();
    let status = refusal.as_ref().map_or(StatusCode::OK, refusals::status);
    let mobile = flow.phone().map(|phone| phone.masked()).unwrap_or_default();
    let (action, back) = (flow.address(PATH), flow.address(BACK));
    let view = CodeView {
        form: FormView { refusal },
        step: CodeStep::SignIn,
        action: &action,
        back: &back,
        mobile: &mobile,
        is_sent: flow.is_sent,
        length: flow.length.into(),
        expires_in: flow.expires_in(now),
        resend_in: flow.resend_in(now),
    };
    context.respond(status, view.render(&context.page()))
}
