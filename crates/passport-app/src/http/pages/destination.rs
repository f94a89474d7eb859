//! Where the way in or out leads: to the account, or back to the application that has sent the person.

use actix_web::{HttpResponse, http::header};
use passport_pages as pages;

use super::site::Site;
use crate::{
    http::{
        apps::{Apps, Return, return_query},
        security_headers::policy_with_forms,
    },
    settings::{AppName, ReturnAddress},
};

/// An address of an application, to which the person returns.
#[derive(Debug)]
pub(super) struct Destination {
    address: ReturnAddress,
    /// Parameter by which the addresses of pages carry it.
    query: String,
    app: AppName,
    policy: header::HeaderValue,
}

/// What a request says of it.
#[derive(Debug)]
pub(super) enum Asked {
    Nothing,
    /// An address that is not listed.
    Unknown,
    For(Destination),
}

impl Asked {
    /// Reads the query of a page.
    pub(super) fn of(query: &str, apps: &Apps) -> Self {
        match apps.asked(query) {
            Return::Unasked => Self::Nothing,
            Return::Refused => Self::Unknown,
            Return::To(app, address) => Self::For(Destination {
                query: return_query(&address),
                address,
                app: app.name.clone(),
                policy: policy_with_forms(&app.origins),
            }),
        }
    }
}

impl Destination {
    /// The origin of the address.
    pub(super) fn origin(&self) -> String {
        self.address.origin().to_string()
    }

    pub(super) fn address(&self) -> &str {
        self.address.as_str()
    }

    /// Address of another page of the service, which leads on to this destination.
    pub(super) fn way(&self, path: &str) -> String {
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}{}", self.query)
    }

    /// What pages show of it.
    pub(super) fn shown<'a>(&'a self, site: &'a Site) -> Option<pages::Destination<'a>> {
        let app = site.apps.get(&self.app)?;
        Some(pages::Destination { href: self.address.as_str(), query: &self.query, app })
    }

    /// Lets the forms of the page in `response` lead there.
    pub(super) fn permit(&self, response: &mut HttpResponse) {
        let policy = self.policy.clone();
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}
