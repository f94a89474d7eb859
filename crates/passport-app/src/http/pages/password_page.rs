//! The pages of flows on which a password is chosen, after the code was compared.

use actix_web::{HttpRequest, HttpResponse};
use passport_auth::{CheckCode, TypedCode};
use passport_pages::{Entry, FormView, NewPasswordView, PasswordStep, Refusal};
use passport_user::{Password, PhoneNumber};

use super::{
    code_page,
    context::Context,
    flow::{self, Flow, Stage},
    form::Form,
    refusals::{self, Obstacle},
};

/// A page of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordPage {
    /// Before the account is made.
    NewAccount,
    /// For a forgotten password.
    Reset,
}

impl PasswordPage {
    fn entry(self) -> Entry {
        match self {
            Self::NewAccount => Entry::SignUp,
            Self::Reset => Entry::Forgot,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::NewAccount => "/sign-up/password",
            Self::Reset => "/forgot/password",
        }
    }

    fn step(self) -> PasswordStep {
        match self {
            Self::NewAccount => PasswordStep::NewAccount,
            Self::Reset => PasswordStep::Reset,
        }
    }
}

/// Compares the code of a flow, and leads to the page at `next`.
pub(super) async fn after_check(
    request: &HttpRequest,
    context: &Context,
    flow: &Flow,
    (phone, code): (PhoneNumber, TypedCode),
    check_code: &CheckCode,
    next: &str,
) -> Result<HttpResponse, Obstacle> {
    let stage = Stage::Checked { code: code.code.expose().to_owned() };
    let (purpose, client) = (flow.purpose().code_purpose(), context.caller.clone());
    check_code.check(purpose, phone, code, client).await.map_err(refusals::check_code)?;
    let mut response = context.go_on(&flow.address(next));
    flow::store(request, &mut response, &flow.at(stage, context.site.clock.now()));
    Ok(response)
}

/// `GET` of the page.
pub(super) fn show(page: PasswordPage, request: &HttpRequest, context: &Context) -> HttpResponse {
    match find(page, request, context) {
        Ok((flow, _)) => render(page, context, &flow, &Form::default(), None),
        Err(response) => *response,
    }
}

/// The flow whose code was compared, with that code; otherwise a redirect to the page before.
pub(super) fn find(
    page: PasswordPage,
    request: &HttpRequest,
    context: &Context,
) -> Result<(Flow, (PhoneNumber, TypedCode)), Box<HttpResponse>> {
    let Some(flow) = flow::find(request, page.entry().into()) else {
        return Err(context.expired(page.entry().path()).into());
    };
    let proof = match flow.stage() {
        Stage::Checked { code } => code_page::proof(&flow, code),
        Stage::Code | Stage::Leaving { .. } | Stage::Refused(_) | Stage::Over => None,
    };
    match proof {
        Some(proof) => Ok((flow, proof)),
        // That page knows how far the flow has come.
        None => Err(context.go_on(&flow.address(page.entry().code_path())).into()),
    }
}

/// The password that was chosen. Its rules are checked by the use case.
pub(super) fn read(form: &Form, context: &Context) -> Result<Password, Refusal> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone());
    }
    match form.text("password") {
        "" => Err(Refusal::PasswordMissing),
        text => Password::new(text)
            .map_err(|_| Refusal::PasswordLong { max: context.site.password_rules.max }),
    }
}

/// The answer to a password that did not lead on. A code that is not valid any more leads back to its page.
pub(super) fn stopped(
    page: PasswordPage,
    request: &HttpRequest,
    context: &Context,
    flow: &Flow,
    form: &Form,
    obstacle: Obstacle,
) -> HttpResponse {
    match obstacle {
        Obstacle::Refused(Refusal::CodeGone | Refusal::CodeWrong { .. }) => {
            let now = context.site.clock.now();
            let mut response = context.go_on(&flow.address(page.entry().code_path()));
            flow::store(request, &mut response, &flow.without_valid_code(now));
            response
        }
        Obstacle::Refused(refusal) => render(page, context, flow, form, Some(&refusal)),
        other => code_page::stopped(page.entry(), request, context, flow, form, other),
    }
}

fn render(
    page: PasswordPage,
    context: &Context,
    flow: &Flow,
    form: &Form,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let mobile = flow.phone().map(|phone| phone.as_e164().to_owned()).unwrap_or_default();
    let action = context.way(&flow.address(page.path()));
    let view = NewPasswordView {
        form: FormView { refusal: refusal.cloned() },
        step: page.step(),
        action: &action,
        mobile: &mobile,
        consent: code_page::consent(form, refusal),
        rules: context.site.password_rules,
    };
    context.answer(refusal, view.render(&context.page()))
}
