mod accounts;
mod operators;

use actix_web::web;
use passport_auth::{
    Authenticate, NewChallenge, OwnSessions, PresentChallenge, RequestCode, SignIn, SignOut, SignUp,
};
use passport_sms_client::Inbox;

use super::{
    apps::Apps,
    cookies::Cookies,
    cors::AllowedOrigins,
    docs::ApiDocument,
    extract::TrustedProxies,
    forward_auth::ForwardAuth,
    guard::{csrf::Origins, refusal_log::OriginWarnings},
    health::Probes,
    idempotency::Idempotency,
    inbox::InboxLink,
    pages::{FlowKey, Site},
    security_headers::SecurityHeaders,
    sms_receipts::ReceiptEndpoint,
};

use crate::metrics::HttpMeter;

pub(crate) use accounts::AccountServices;
pub(crate) use operators::OperatorServices;

/// Use cases and settings that the handlers ask for. Clones share them.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) new_challenge: web::Data<NewChallenge>,
    pub(crate) present_challenge: web::Data<PresentChallenge>,
    pub(crate) request_code: web::Data<RequestCode>,
    pub(crate) sign_up: web::Data<SignUp>,
    pub(crate) sign_in: web::Data<SignIn>,
    pub(crate) sign_out: web::Data<SignOut>,
    pub(crate) authenticate: web::Data<Authenticate>,
    pub(crate) own_sessions: web::Data<OwnSessions>,
    pub(crate) accounts: AccountServices,
    pub(crate) apps: web::Data<Apps>,
    pub(crate) forward_auth: web::Data<ForwardAuth>,
    pub(crate) idempotency: web::Data<Idempotency>,
    pub(crate) probes: web::Data<Probes>,
    pub(crate) cookies: web::Data<Cookies>,
    pub(crate) origins: web::Data<Origins>,
    pub(crate) cors: web::Data<AllowedOrigins>,
    pub(crate) origin_warnings: web::Data<OriginWarnings>,
    pub(crate) trusted_proxies: web::Data<TrustedProxies>,
    pub(crate) security_headers: web::Data<SecurityHeaders>,
    pub(crate) receipt_endpoint: web::Data<ReceiptEndpoint>,
    pub(crate) api_document: web::Data<ApiDocument>,
    pub(crate) site: web::Data<Site>,
    pub(crate) flow_key: web::Data<FlowKey>,
    /// Messages of the console gateway, where the settings allow to show them.
    pub(crate) inbox: Option<web::Data<Inbox>>,
    /// The link that opens the inbox, where other machines can reach the service.
    pub(crate) inbox_link: Option<web::Data<InboxLink>>,
    pub(crate) http_meter: web::Data<HttpMeter>,
}

impl Services {
    /// Registers each service under its type, by which handlers and extractors find it.
    pub(super) fn inject(&self, app: &mut web::ServiceConfig) {
        let Self {
            new_challenge,
            present_challenge,
            request_code,
            sign_up,
            sign_in,
            sign_out,
            authenticate,
            own_sessions,
            accounts,
            apps,
            forward_auth,
            idempotency,
            probes,
            cookies,
            origins,
            cors,
            origin_warnings,
            trusted_proxies,
            security_headers,
            receipt_endpoint,
            api_document,
            site,
            flow_key,
            inbox,
            inbox_link: _,
            http_meter,
        } = self.clone();
        app.app_data(new_challenge)
            .app_data(present_challenge)
            .app_data(request_code)
            .app_data(sign_up)
            .app_data(sign_in)
            .app_data(sign_out)
            .app_data(authenticate)
            .app_data(own_sessions)
            .app_data(apps)
            .app_data(forward_auth)
            .app_data(idempotency)
            .app_data(probes)
            .app_data(cookies)
            .app_data(origins)
            .app_data(cors)
            .app_data(origin_warnings)
            .app_data(trusted_proxies)
            .app_data(security_headers)
            .app_data(receipt_endpoint)
            .app_data(api_document)
            .app_data(site)
            .app_data(flow_key)
            .app_data(http_meter);
        accounts.inject(app);
        if let Some(inbox) = inbox {
            app.app_data(inbox);
        }
    }
}
