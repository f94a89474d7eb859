use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use passport_auth::{Caller, Renewed, SignedIn};
use passport_pages::{Language, Markup, Notice, OnwardView, Page, Refusal};
use uuid::Uuid;

use super::{
    destination::{Asked, Destination},
    language, notices, refusals,
    returns::{Returns, warn_of_circle},
    site::Site,
};
use crate::http::{
    api::problem::{Code, Problem},
    apps::Apps,
    cookies::Cookies,
    extract,
    seconds::whole_seconds,
};

/// Value of the parameter `note` of a page to which an expired one redirects.
const EXPIRED: &str = "expired";
/// Beginnings of the paths of pages that may lead to an application: those on the way in and out, and the confirmation.
const WAYS: [&str; 6] =
    ["/sign-in", "/sign-up", "/forgot", "/undo-number", "/sign-out", "/account/confirm"];
/// Field by which the scripts of the pages say that they have sent the request.
const BY_SCRIPT: &str = "x-requested-with";

/// What every page needs of its request.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) language: Language,
    pub(super) site: web::Data<Site>,
    pub(super) cookies: web::Data<Cookies>,
    /// The client, with the language of the page.
    pub(super) caller: Caller,
    /// What the page tells of the step before.
    pub(super) notice: Option<Notice>,
    /// Whether the browser has a notice, which this page tells.
    has_notice_cookie: bool,
    csrf_token: String,
    /// Whether the browser has the token already.
    has_csrf: bool,
    attempt: String,
    here: String,
    /// Where the way in or out leads, if not to the account.
    destination: Option<Destination>,
    /// Whether a script waits for the response, which cannot follow a redirect to another origin.
    is_by_script: bool,
}

impl Context {
    /// The surroundings of a page.
    pub(super) fn page(&self) -> Page<'_> {
        Page {
            language: self.language,
            brand: &self.site.brand,
            assets: &self.site.assets,
            csrf_token: &self.csrf_token,
            attempt: &self.attempt,
            here: &self.here,
            signed_in_as: None,
            destination: self.destination.as_ref().and_then(|it| it.shown(&self.site)),
            notice: self.notice,
            inbox: self.site.inbox.as_deref(),
        }
    }

    /// The surroundings of a page that stands in the place of others: its links do not lead to its
    /// address, which may be anything.
    pub(super) fn page_elsewhere(&self) -> Page<'_> {
        Page { here: "/", ..self.page() }
    }

    /// A response with a page, which shows why its form was refused.
    pub(super) fn answer(&self, refusal: Option<&Refusal>, page: Markup) -> HttpResponse {
        let Some(refusal) = refusal else { return self.respond(StatusCode::OK, page) };
        let mut response = self.respond(refusals::status(refusal), page);
        if let Some(wait) = refusal.wait() {
            let seconds = whole_seconds(wait).into();
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        // For the middleware that keeps responses.
        response.extensions_mut().insert(refusal.clone());
        response
    }

    /// A response with a page.
    pub(super) fn respond(&self, status: StatusCode, page: Markup) -> HttpResponse {
        let mut response = HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(page.into_string());
        if let Some(destination) = &self.destination {
            destination.permit(&mut response);
        }
        if !self.has_csrf {
            self.cookies.store_csrf(&mut response, &self.csrf_token);
        }
        if self.has_notice_cookie {
            self.cookies.end_notice(&mut response);
        }
        response
    }

    /// Address of another page on the way in or out, which leads to the same end.
    pub(super) fn way(&self, path: &str) -> String {
        match &self.destination {
            Some(destination) => destination.way(path),
            None => path.to_owned(),
        }
    }

    /// A redirect after a step on the way in or out, to another page on it.
    pub(super) fn go_on(&self, path: &str) -> HttpResponse {
        see_other(&self.way(path))
    }

    /// A redirect to the first page of a flow that has expired, or that this browser does not have.
    pub(super) fn expired(&self, path: &str) -> HttpResponse {
        self.go_on(&format!("{path}?note={EXPIRED}"))
    }

    /// The end of the way in: the application that has sent the person, otherwise the account.
    pub(super) fn arrive(&self) -> HttpResponse {
        if let Some(response) = self.return_to_app() {
            return response;
        }
        match self.notice {
            Some(notice @ Notice::ReturnUnknown) => self.see_other_with("/account", notice),
            _ => see_other("/account"),
        }
    }

    /// Whether an application has sent the person.
    pub(super) fn is_for_app(&self) -> bool {
        self.destination.is_some()
    }

    /// Leads to the application that has sent the person.
    pub(super) fn return_to_app(&self) -> Option<HttpResponse> {
        let destination = self.destination.as_ref()?;
        if self.is_by_script {
            let page = Page { notice: None, ..self.page() };
            return Some(self.respond(StatusCode::OK, OnwardView::Arrived.render(&page)));
        }
        Some(see_other(destination.address()))
    }

    /// The end of the way in for a person who was signed in at its beginning. An application that sends
    /// people back each time is not led to once more.
    pub(super) fn arrive_at_once(&self, request: &HttpRequest) -> HttpResponse {
        let Some(destination) = &self.destination else { return self.arrive() };
        let returns = Returns::to(destination.address(), request);
        if returns.are_circle() {
            warn_of_circle(&destination.origin());
            return self.respond(StatusCode::OK, OnwardView::SentBack.render(&self.page()));
        }
        let mut response = self.arrive();
        self.cookies.set_returns(&mut response, returns.next());
        response
    }

    /// A redirect after a step, to a page that tells its outcome.
    pub(super) fn see_other_with(&self, address: &str, notice: Notice) -> HttpResponse {
        let mut response = see_other(address);
        self.cookies.set_notice(&mut response, notices::write(notice));
        response
    }
}

impl Context {
    /// Stores a new session in the browser.
    pub(super) fn begin_session(&self, response: &mut HttpResponse, signed_in: &SignedIn) {
        let SignedIn { session, token, .. } = signed_in;
        let life = Duration::try_from(session.expires_at - session.created_at).unwrap_or_default();
        self.cookies.begin_session(response, token, session.remembered.then_some(life));
    }
}

impl Context {
    /// Replaces the session token in the browser after a change for which the session got a new one, or
    /// deletes it if the session has ended.
    pub(super) fn renew_session(&self, response: &mut HttpResponse, renewed: Option<&Renewed>) {
        match renewed {
            Some(Renewed { session, token, expires_in }) => {
                let age = session.remembered.then_some(*expires_in);
                self.cookies.begin_session(response, token, age);
            }
            None => self.cookies.end_session(response),
        }
    }
}

/// A redirect after a step, to a page of this service.
pub(super) fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

impl FromRequest for Context {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| Code::ServerError.into()))
    }
}

impl Context {
    /// Fails only if a service is not registered.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let cookies = request.app_data::<web::Data<Cookies>>()?.clone();
        let site = request.app_data::<web::Data<Site>>()?.clone();
        let apps = request.app_data::<web::Data<Apps>>()?;
        let language = language::of(request);
        let extract::Caller(caller) = extract::Caller::of(request);
        let known = cookies.csrf(request).current().map(str::to_owned);
        let has_csrf = known.is_some();
        let csrf_token = known.unwrap_or_else(|| cookies.new_csrf(&cookies.sessions(request)));
        let here = request.uri().path_and_query().map_or("/", |it| it.as_str()).to_owned();
        let query = form_urlencoded::parse(request.query_string().as_bytes());
        let is_expired = query.into_iter().any(|(key, value)| key == "note" && value == EXPIRED);
        // A form is answered by the outcome of its own step.
        let is_on_way = WAYS.iter().any(|way| request.path().starts_with(way));
        let asked =
            if is_on_way { Asked::of(request.query_string(), apps) } else { Asked::Nothing };
        let is_unknown = matches!(asked, Asked::Unknown);
        let kept = Cookies::notice(request).filter(|_| request.method().is_safe());
        Some(Self {
            language,
            notice: kept
                .and_then(notices::read)
                .or(is_unknown.then_some(Notice::ReturnUnknown))
                .or(is_expired.then_some(Notice::Expired)),
            has_notice_cookie: kept.is_some(),
            caller: Caller { locale: language::locale(language), ..caller },
            csrf_token,
            has_csrf,
            attempt: Uuid::new_v4().to_string(),
            here,
            destination: match asked {
                Asked::For(destination) => Some(destination),
                Asked::Nothing | Asked::Unknown => None,
            },
            is_by_script: request.headers().contains_key(BY_SCRIPT),
            site,
            cookies,
        })
    }
}
