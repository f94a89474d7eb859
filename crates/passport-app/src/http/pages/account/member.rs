use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, error::InternalError};
use futures::future::LocalBoxFuture;
use passport_auth::Authenticated;
use passport_pages::{Markup, Notice, Page, Refusal, TroubleView};
use passport_user::PhoneNumber;

use crate::http::pages::{
    context::{Context, see_other},
    visitor::signed_in,
};

/// The person who is signed in, with the surroundings of a page. Everyone else is sent to the sign-in.
pub(super) struct Member {
    pub(super) context: Context,
    pub(super) person: Authenticated,
    /// Masked number.
    mobile: Option<String>,
}

impl Member {
    fn new(context: Context, person: Authenticated) -> Self {
        let mobile = person.user.phone.as_ref().map(PhoneNumber::masked);
        Self { context, person, mobile }
    }

    pub(super) fn mobile(&self) -> Option<&str> {
        self.mobile.as_deref()
    }

    /// The surroundings of a page.
    pub(super) fn page(&self) -> Page<'_> {
        Page { signed_in_as: self.mobile(), ..self.context.page() }
    }

    /// A response with a page that shows `refusal`, if there is one.
    pub(super) fn respond(&self, refusal: Option<&Refusal>, page: Markup) -> HttpResponse {
        self.context.answer(refusal, page)
    }

    /// A response with a page in the place of one that cannot be shown now.
    pub(super) fn trouble(&self, refusal: &Refusal) -> HttpResponse {
        trouble(&self.context, refusal)
    }

    /// The answer to a form of a session that has ended meanwhile.
    pub(super) fn signed_out(&self) -> HttpResponse {
        self.context.see_other_with("/sign-in", Notice::NothingDone)
    }
}

/// A page in the place of one that cannot be shown now.
fn trouble(context: &Context, refusal: &Refusal) -> HttpResponse {
    let page = context.page();
    let view = TroubleView { refusal: refusal.clone(), again: page.here };
    context.answer(Some(refusal), view.render(&page))
}

impl FromRequest for Member {
    /// The response for those who are not signed in.
    type Error = InternalError<&'static str>;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (context, request) = (Context::of(request), request.clone());
        Box::pin(async move {
            let Some(context) = context else {
                return Err(turned(HttpResponse::InternalServerError().finish()));
            };
            match signed_in(&request).await {
                Ok(Some(person)) => Ok(Self::new(context, person)),
                Ok(None) => Err(turned(absent(&context, &request))),
                Err(refusal) => Err(turned(trouble(&context, &refusal))),
            }
        })
    }
}

/// The response to a visitor without a session. A page on the way out has reached its end; every other one
/// leads to the sign-in. A form had no effect, and the page says so.
fn absent(context: &Context, request: &HttpRequest) -> HttpResponse {
    if request.path() == "/sign-out"
        && let Some(response) = context.return_to_app()
    {
        return response;
    }
    let sign_in = context.way("/sign-in");
    if !request.method().is_safe() {
        context.see_other_with(&sign_in, Notice::NothingDone)
    } else if context.cookies.session(request).is_some() {
        context.see_other_with(&sign_in, Notice::SessionEnded)
    } else {
        see_other(&sign_in)
    }
}

fn turned(response: HttpResponse) -> InternalError<&'static str> {
    InternalError::from_response("not signed in", response)
}
