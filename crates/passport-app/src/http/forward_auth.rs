//! Answers proxies that ask whether a request may pass to an application: nginx `auth_request`, Caddy
//! `forward_auth`, Traefik `forwardAuth`, Envoy `ext_authz`. See docs/forward-auth.md.

mod demand;
mod original;
mod passed;

use std::{error::Error, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::{self, HeaderName, HeaderValue},
    web,
};
use passport_auth::{AccessTokens, Authenticate, Authenticated, Clock, IssueTokenError};
use tracing::{error, info, warn};
use utoipa::OpenApi;

use demand::{Demand, Missing, Misspelt, OnDeny};
use original::{Act, Original, SEC_FETCH_MODE};

use super::{
    api::{
        describe::problems::problems,
        problem::{Code, Problem},
        session::tokens::no_keys,
    },
    apps::{Apps, confirmation_path, sign_in_path},
    cookies::Cookies,
    extract::{Carrier, Credential},
    guard::csrf::{self, Origins},
    rarely::Rarely,
};
use crate::settings::{ForwardAuthSettings, Origin, ReturnAddress};

/// Path that proxies ask. Envoy appends parameters and the path of the original request.
pub(super) const PATH: &str = "/forward-auth";

/// Address of the sign-in in a refusal, for proxies that take no redirect from an answer.
const SIGN_IN: HeaderName = HeaderName::from_static("x-passport-sign-in");

/// Access token for the application, for those that do not trust the network between.
const TOKEN: HeaderName = HeaderName::from_static("x-passport-token");

/// Lifetime of such a token: that of a request, and of clocks that differ.
const TOKEN_LIFETIME: Duration = Duration::from_mins(1);

/// Minimum time between two warnings of one kind.
const BETWEEN_WARNINGS: Duration = Duration::from_mins(1);

/// What answers need beside the session.
#[derive(Debug)]
pub(crate) struct ForwardAuth {
    told: ForwardAuthSettings,
    /// Origin of the pages for sign-in.
    public: Origin,
    clock: Arc<dyn Clock>,
    /// Limits the warnings about proxies whose configuration is not understood.
    configuration: Rarely,
    /// Limits the warnings about addresses of no application.
    addresses: Rarely,
}

impl ForwardAuth {
    pub(crate) fn new(told: ForwardAuthSettings, public: Origin, clock: Arc<dyn Clock>) -> Self {
        let [configuration, addresses] = [(); 2].map(|()| Rarely::new(BETWEEN_WARNINGS));
        Self { told, public, clock, configuration, addresses }
    }
}

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.service(web::resource(PATH).to(answer))
        .service(web::resource(format!("{PATH}/{{appended:.*}}")).to(answer));
}

problems! { AnswerProblems: QueryInvalid, OriginalUnknown, CrossSite, ConfirmationRequired, AudienceUnknown }

/// What the route says of itself.
pub(in crate::http) fn described() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(answer))]
    struct Described;
    Described::openapi()
}

/// `ANY /forward-auth?PARAMETERS` and `ANY /forward-auth/PARAMETERS/PATH…`: 200 if the request has a live
/// session.
///
/// No answer sets a cookie: what is 200 does not reach the browser, and a session is used without a new
/// token.
#[utoipa::path(
    get, path = "/forward-auth", operation_id = "forwardAuth", tag = "forward-auth",
    summary = "Tell a proxy whether a request may pass",
    description = "For nginx, Caddy, Traefik and Envoy; see docs/forward-auth.md. Every method is answered \
        alike. `/forward-auth/PARAMETERS/PATH`, with `-` for no parameters, is the same for proxies that append \
        the original path and keep the method. 401 names the sign-in in `X-Passport-Sign-In`, if a browser \
        would show it.",
    params(
        ("on_deny" = Option<String>, Query, description = "`302` sends browsers that load a page to the \
            sign-in; `401`, the default, refuses.", pattern = "^(?:401|302)$"),
        ("fresh" = Option<u32>, Query, description = "Greatest age of the last proof, in seconds.",
            minimum = 1, maximum = 31_536_000),
        ("methods" = Option<String>, Query, description = "Kinds of proof that the session has to have, \
            with commas between.", pattern = "^(?:password|code|totp|recovery_code|passkey|operator)\
            (?:,(?:password|code|totp|recovery_code|passkey|operator))*$"),
        ("token" = Option<String>, Query, description = "Application that gets an access token of a minute in \
            `X-Passport-Token`: `<name>` of `apps.<name>.audience`.", pattern = "^[a-z0-9_]+$"),
        ("X-Forwarded-Method" = Option<String>, Header, description = "Method of the original request; \
            needed with a session cookie."),
    ),
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The request may pass; the header fields tell of the person"),
        (status = 302, description = "To the sign-in, or to a confirmation"),
        AnswerProblems,
    ),
)]
pub(in crate::http) async fn answer(
    request: HttpRequest,
    authenticate: web::Data<Authenticate>,
    settings: web::Data<ForwardAuth>,
    access_tokens: web::Data<AccessTokens>,
) -> HttpResponse {
    let question = match Question::read(&request) {
        Ok(question) => question,
        Err(Misspelt) => return settings.not_understood(&request, Code::QueryInvalid),
    };
    match question.judge(&request, &authenticate, &settings).await {
        Ok(person) => {
            let mut response = HttpResponse::Ok();
            response.insert_header((header::CACHE_CONTROL, "no-store"));
            passed::tell(&mut response, &person, settings.told);
            match question.token(&person, &access_tokens).await {
                Ok(token) => _ = token.map(|token| response.insert_header((TOKEN, token))),
                Err(IssueTokenError::UnknownAudience) => {
                    return settings.not_understood(&request, Code::AudienceUnknown);
                }
                Err(IssueTokenError::Keys(refused)) => return no_keys(&refused).error_response(),
            }
            response.finish()
        }
        Err(Refusal::SignedOut) => question.signed_out(&request, &settings),
        Err(Refusal::Unmet(missing)) => question.unmet(&request, missing, &settings),
        Err(Refusal::Undescribed) => settings.not_understood(&request, Code::OriginalUnknown),
        Err(Refusal::Problem(problem)) => problem.error_response(),
    }
}

/// What a proxy asks.
struct Question {
    demand: Demand,
    original: Original,
}

/// Why a request may not pass.
enum Refusal {
    /// It has no live session.
    SignedOut,
    /// The proxy does not say what the request does.
    Undescribed,
    /// The session lacks something that the proxy demands.
    Unmet(Missing),
    Problem(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Question {
    /// The parameters stand in the query, or behind the path if the path of the original request follows,
    /// whose query is then that of the subrequest.
    fn read(request: &HttpRequest) -> Result<Self, Misspelt> {
        let target = request.uri().path_and_query().map_or("", |it| it.as_str());
        let behind = target.strip_prefix(PATH).unwrap_or_default();
        let (parameters, appended) = match behind.strip_prefix('/') {
            Some(rest) => {
                let (parameters, path) = rest.split_at(rest.find('/').ok_or(Misspelt)?);
                (parameters, Some(path))
            }
            None => (behind.strip_prefix('?').unwrap_or_default(), None),
        };
        let demand = Demand::read(parameters)?;
        Ok(Self { demand, original: Original::of(request, appended) })
    }

    async fn judge(
        &self,
        request: &HttpRequest,
        authenticate: &Authenticate,
        settings: &ForwardAuth,
    ) -> Result<Authenticated, Refusal> {
        let credential =
            Credential::of(request).map_err(Problem::from)?.ok_or(Refusal::SignedOut)?;
        if credential.carrier == Carrier::Cookie {
            match self.original.act {
                Act::Visit | Act::Read => {}
                Act::Unknown => return Err(Refusal::Undescribed),
                Act::Change => self.refuse_foreign(request)?,
            }
        }
        let found = authenticate.authenticate(&credential.token).await.map_err(|error| {
            error!(error = &error as &dyn Error, "session lookup failed");
            Problem::from(Code::Unavailable)
        })?;
        let person = found.ok_or(Refusal::SignedOut)?;
        self.demand.require(&person, settings.clock.now()).map_err(Refusal::Unmet)?;
        Ok(person)
    }

    /// The token for the application that the proxy names.
    async fn token(
        &self,
        person: &Authenticated,
        access_tokens: &AccessTokens,
    ) -> Result<Option<String>, IssueTokenError> {
        let Some(application) = &self.demand.token else { return Ok(None) };
        let issued = access_tokens.issue_to(person, application, TOKEN_LIFETIME).await?;
        Ok(Some(issued.token))
    }

    /// Refuses a change that another site's page may have sent: the only own pages are those of the
    /// origin at which the application gets the request.
    fn refuse_foreign(&self, request: &HttpRequest) -> Result<(), Problem> {
        let cookies = request.app_data::<web::Data<Cookies>>().ok_or(Code::ServerError)?;
        let own = Origins::new(self.original.origin.clone());
        csrf::require_own(request, &cookies.csrf(request), &own).map_err(|refusal| {
            info!(reason = %refusal, "cross-site request refused");
            Code::CrossSite.into()
        })
    }

    /// The answer to a request without a live session.
    fn signed_out(&self, request: &HttpRequest, settings: &ForwardAuth) -> HttpResponse {
        let refused = Problem::from(Code::NotSignedIn).error_response();
        if !self.is_for_page(request) {
            return refused;
        }
        let back = self.way_back(request);
        let is_browser = request.headers().contains_key(SEC_FETCH_MODE);
        if back.is_none() && (is_browser || self.demand.on_deny == OnDeny::Redirect) {
            settings.no_way_back(self.original.origin.as_ref());
        }
        let path = back.map_or_else(|| "/sign-in".to_owned(), |it| sign_in_path(&it));
        match self.demand.on_deny {
            OnDeny::Redirect => settings.redirect(&path),
            OnDeny::Refuse => settings.with_address(refused, SIGN_IN, &path),
        }
    }

    /// The answer to a request whose session lacks something.
    fn unmet(
        &self,
        request: &HttpRequest,
        missing: Missing,
        settings: &ForwardAuth,
    ) -> HttpResponse {
        let is_redirected = self.demand.on_deny == OnDeny::Redirect && self.is_for_page(request);
        let back = is_redirected.then(|| self.way_back(request)).flatten();
        match back.filter(|_| missing.can_be_confirmed) {
            Some(back) => settings.redirect(&confirmation_path(&back)),
            None => Problem::from(missing).error_response(),
        }
    }

    /// Whether a browser would show a page that answers the request.
    fn is_for_page(&self, request: &HttpRequest) -> bool {
        self.original.act == Act::Visit && !request.headers().contains_key(header::AUTHORIZATION)
    }

    /// The original address, if it is one of an application, at a host that gets the session cookie:
    /// a person who returns elsewhere would be sent to the sign-in again, and so on.
    fn way_back(&self, request: &HttpRequest) -> Option<ReturnAddress> {
        let apps = request.app_data::<web::Data<Apps>>()?;
        let settings = request.app_data::<web::Data<ForwardAuth>>()?;
        let cookies = request.app_data::<web::Data<Cookies>>()?;
        let address = apps.return_address(&self.original.address()?)?.1;
        let (own, host) = (settings.public.host(), address.origin().host());
        cookies.reach(own, host).then_some(address)
    }
}

impl ForwardAuth {
    fn redirect(&self, path: &str) -> HttpResponse {
        self.with_address(HttpResponse::Found().finish(), header::LOCATION, path)
    }

    /// `response` with the address of an own page in `field`.
    fn with_address(
        &self,
        mut response: HttpResponse,
        field: HeaderName,
        path: &str,
    ) -> HttpResponse {
        // Addresses of pages are ASCII.
        if let Ok(address) = HeaderValue::try_from(format!("{}{path}", self.public)) {
            response.headers_mut().insert(field, address);
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// Refuses a subrequest whose form shows a mistake in the configuration of the proxy.
    fn not_understood(&self, request: &HttpRequest, code: Code) -> HttpResponse {
        if let Some(refused) = self.configuration.next() {
            let parameters = request.query_string();
            warn!(
                code = code.row().slug,
                parameters,
                refused,
                "a proxy asks in a form that is not understood, and its requests are refused: see \
                 docs/forward-auth.md"
            );
        }
        Problem::from(code).error_response()
    }

    fn no_way_back(&self, origin: Option<&Origin>) {
        let Some(redirected) = self.addresses.next() else { return };
        warn!(
            origin = origin.map(tracing::field::display),
            redirected,
            "people are sent to the sign-in and will not return: the proxy is not in \
             http.trusted_proxies or does not send X-Forwarded-Proto, -Host and -Uri, no \
             apps.<name>.origins has this origin, or its host does not get the session cookie without \
             cookie.domain"
        );
    }
}
