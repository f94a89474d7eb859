use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Authenticate, SignOut};
use passport_pages::{FormView, Notice, Refusal, SignOutView};

use super::member::Member;
use crate::http::pages::{
    context::{Context, see_other},
    form::Form,
};

const SIGN_IN: &str = "/sign-in";

/// `GET /sign-out`: asks, because following a link must not sign anyone out.
pub(in crate::http::pages) async fn show(member: Member) -> HttpResponse {
    let name = Some(member.person.user.nick_name.as_str());
    let view = SignOutView { form: FormView::default(), name };
    member.respond(None, view.render(&member.page()))
}

/// `POST /sign-out`. A browser without a session is answered alike.
pub(in crate::http::pages) async fn act(
    request: HttpRequest,
    context: Context,
    form: Form,
    sign_out: web::Data<SignOut>,
    authenticate: web::Data<Authenticate>,
) -> HttpResponse {
    let token = context.cookies.session(&request);
    if let Some(refusal) = form.refusal {
        let person = match &token {
            Some(token) => authenticate.authenticate(token).await,
            None => Ok(None),
        };
        return match person {
            Ok(Some(person)) => page(&context, &refusal, Some(person.user.nick_name.as_str())),
            Err(_) => page(&context, &Refusal::Unavailable, None),
            // The button was pressed twice, or in two windows.
            Ok(None) if matches!(refusal, Refusal::Stale | Refusal::Cookies) => {
                signed_out(&context)
            }
            Ok(None) => see_other(SIGN_IN),
        };
    }
    if let Some(token) = &token
        && sign_out.sign_out(token, &context.caller).await.is_err()
    {
        // The session may be live, so its cookie stays.
        return page(&context, &Refusal::Unavailable, None);
    }
    let mut response = signed_out(&context);
    context.cookies.end_session(&mut response);
    response
}

/// The end of the way out: the application that has sent the person, otherwise the sign-in.
fn signed_out(context: &Context) -> HttpResponse {
    let to_app = context.return_to_app();
    to_app.unwrap_or_else(|| context.see_other_with(SIGN_IN, Notice::SignedOut))
}

fn page(context: &Context, refusal: &Refusal, name: Option<&str>) -> HttpResponse {
    let view = SignOutView { form: FormView::refused(refusal.clone()), name };
    context.answer(Some(refusal), view.render(&context.page()))
}
