use std::{
    net::IpAddr,
    sync::atomic::{AtomicBool, Ordering},
};

use actix_web::HttpRequest;
use tracing::warn;

use super::field::Field;
use crate::settings::ClientAddressHeader;

/// Warns of each way in which the settings do not fit the proxy, at the first request that shows it:
/// wrong settings make all users share the limits of one client, or let clients choose their address.
#[derive(Debug, Default)]
pub(super) struct ProxyWarnings {
    stranger: AtomicBool,
    without_field: AtomicBool,
    guessed: AtomicBool,
}

impl ProxyWarnings {
    /// The peer is not a trusted proxy.
    pub(super) fn stranger(&self, peer: IpAddr, request: &HttpRequest) {
        if let Some(field) = Field::present(request)
            && is_first(&self.stranger)
        {
            warn!(
                %peer,
                header = %field.name(),
                "a forwarding header was ignored, because its sender is not in http.trusted_proxies: \
                 if the sender is your reverse proxy, add it there; until then all its users share the \
                 limits of one client"
            );
        }
    }

    /// A trusted proxy did not send the field that the settings name.
    pub(super) fn without_field(
        &self,
        peer: IpAddr,
        wanted: ClientAddressHeader,
        request: &HttpRequest,
    ) {
        if let Some(field) = Field::present(request)
            && is_first(&self.without_field)
        {
            warn!(
                %peer,
                header = %field.name(),
                "a request of a trusted proxy has no {}, but another forwarding header: set \
                 http.client_address_header to the one that the proxy sets; until then all its users \
                 share the limits of one client",
                wanted.as_str()
            );
        }
    }

    /// Without a choice in the settings, a field other than `X-Forwarded-For` decided.
    pub(super) fn guessed(&self, peer: IpAddr, field: Field) {
        if field != Field::XForwardedFor && is_first(&self.guessed) {
            let header = field.name();
            warn!(
                %peer,
                %header,
                "the client address was read from {header}, because the request has no X-Forwarded-For: \
                 set http.client_address_header = \"{header}\"; until then a client can choose its \
                 address by sending an X-Forwarded-For that the proxy passes on"
            );
        }
    }
}

fn is_first(seen: &AtomicBool) -> bool {
    !seen.swap(true, Ordering::Relaxed)
}
