use actix_web::web;
use passport_auth::Admission;

use crate::{
    http::{extract::TrustedProxies, security_headers::SecurityHeaders},
    metrics::HttpMeter,
    operations::Operations,
};

/// What the handlers of the API for operators ask for. Clones share it.
#[derive(Clone)]
pub(crate) struct OperatorServices {
    pub(crate) admission: Admission,
    pub(crate) operations: Operations,
    pub(crate) trusted_proxies: web::Data<TrustedProxies>,
    pub(crate) security_headers: web::Data<SecurityHeaders>,
    pub(crate) http_meter: web::Data<HttpMeter>,
}

impl OperatorServices {
    /// Registers each service under its type.
    pub(in crate::http) fn inject(&self, app: &mut web::ServiceConfig) {
        let Self { admission, operations, trusted_proxies, security_headers, http_meter } =
            self.clone();
        // Tokens are added and removed at the command line only: a token could outlive itself.
        let Operations {
            directory,
            standing,
            sessions,
            credentials,
            export,
            audit,
            limits: _,
            tokens: _,
            token_keys: _,
        } = operations;
        app.app_data(web::Data::new(admission))
            .app_data(web::Data::new(directory))
            .app_data(web::Data::new(standing))
            .app_data(web::Data::new(sessions))
            .app_data(web::Data::new(credentials))
            .app_data(web::Data::new(export))
            .app_data(web::Data::new(audit))
            .app_data(trusted_proxies)
            .app_data(security_headers)
            .app_data(http_meter);
    }
}
