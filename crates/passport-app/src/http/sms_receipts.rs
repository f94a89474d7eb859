//! Delivery receipts that gateways push.

use std::{fmt, sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType, web};
use passport_auth::{Clock, SystemClock};
use passport_sms_client::{
    Billed, Dispatch, OutboxError, Pushed, Receipt, ReceiptEffect, ReceiptError, ReceiptReader,
};
use time::OffsetDateTime;
use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

use super::pages::not_found;
use crate::{secrets::ReceiptKey, settings::Origin};

/// Largest body that is read; some gateways push hundreds of receipts at once.
const MAX_BYTES: usize = 64 * 1024;
/// Time that a body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause before the second look at a receipt that came before the gateway's answer was recorded.
const EARLY_PAUSE: Duration = Duration::from_secs(1);

/// Path of receipts, up to the name of the gateway.
pub(super) const PREFIX: &str = "/sms/receipts/";

/// Reads receipts and records them.
#[derive(Clone)]
pub(crate) struct ReceiptEndpoint {
    pub(crate) key: ReceiptKey,
    /// Origin under which gateways reach the service, for those that sign the address.
    pub(crate) origin: Origin,
    /// Dispatch of the messages that the receipts are for.
    pub(crate) dispatch: Arc<Dispatch>,
}

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::resource(format!("{PREFIX}{{gateway}}/{{secret}}"))
            .route(web::post().to(receive))
            .default_service(web::to(async |request| not_found(&request))),
    );
}

/// `POST /sms/receipts/{gateway}/{secret}`
///
/// Gateways authenticate by the secret in the path and, where they sign, by a signature; cookies and
/// CSRF tokens play no part. A receipt changes the delivery status of a message and nothing else.
async fn receive(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
    endpoint: web::Data<ReceiptEndpoint>,
) -> HttpResponse {
    let (gateway, secret) = path.into_inner();
    // The secret is checked for unknown gateways too, so that both cases take the same time.
    let is_open = endpoint.key.opens(&gateway, &secret);
    let Some(reader) = endpoint.dispatch.router().receipts(&gateway).filter(|_| is_open) else {
        return not_found(&request);
    };
    let body = match timeout(BODY_TIMEOUT, payload.to_bytes_limited(MAX_BYTES)).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(_)) | Err(_)) => return HttpResponse::PayloadTooLarge().finish(),
        Err(_) => return HttpResponse::RequestTimeout().finish(),
    };
    match read(&endpoint, reader, &request, &body) {
        Ok(receipts) => endpoint.record(&gateway, &receipts, reader).await,
        Err(error) => {
            warn!(gateway, %error, "receipt refused");
            match error {
                ReceiptError::Unsigned
                | ReceiptError::Forged
                | ReceiptError::Stale
                | ReceiptError::Unverifiable => HttpResponse::Forbidden().finish(),
                ReceiptError::Unreadable(_) => HttpResponse::BadRequest().finish(),
            }
        }
    }
}

fn read(
    endpoint: &ReceiptEndpoint,
    reader: &dyn ReceiptReader,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Vec<Receipt>, ReceiptError> {
    let url = format!("{}{}", endpoint.origin, request.uri());
    let headers: Vec<_> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    reader.read(&Pushed { url: &url, headers: &headers, body })
}

impl ReceiptEndpoint {
    /// Records `receipts`. The answer asks the gateway to push again when that fails, or when a message
    /// is not known yet.
    async fn record(
        &self,
        gateway: &str,
        receipts: &[Receipt],
        reader: &dyn ReceiptReader,
    ) -> HttpResponse {
        match self.record_or_wait(gateway, receipts).await {
            Ok(early) if early.is_empty() => {}
            Ok(early) => {
                info!(
                    gateway,
                    count = early.len(),
                    "receipts are early; the gateway is asked to push again"
                );
                return HttpResponse::ServiceUnavailable().finish();
            }
            Err(error) => {
                warn!(
                    gateway,
                    error = &error as &dyn std::error::Error,
                    "receipts could not be recorded; the gateway is asked to push again"
                );
                return HttpResponse::ServiceUnavailable().finish();
            }
        }
        let acknowledgement = reader.acknowledgement();
        let media_type = match acknowledgement.as_bytes().first() {
            Some(b'{') => ContentType::json(),
            _ => ContentType::plaintext(),
        };
        HttpResponse::Ok().insert_header(media_type).body(acknowledgement)
    }

    /// Records `receipts`, the early ones after a pause, and returns those that are still early. Not
    /// every gateway pushes again, and some only after the code has expired.
    async fn record_or_wait<'a>(
        &self,
        gateway: &str,
        receipts: &'a [Receipt],
    ) -> Result<Vec<&'a Receipt>, OutboxError> {
        let now = SystemClock.now();
        let early = self.record_known(gateway, receipts, now).await?;
        if early.is_empty() {
            return Ok(early);
        }
        sleep(EARLY_PAUSE).await;
        // At the time of arrival, so that messages sent since are not taken for theirs.
        self.record_known(gateway, early, now).await
    }

    /// Records `receipts` whose message is known, and returns the others.
    async fn record_known<'a>(
        &self,
        gateway: &str,
        receipts: impl IntoIterator<Item = &'a Receipt>,
        now: OffsetDateTime,
    ) -> Result<Vec<&'a Receipt>, OutboxError> {
        let mut early = Vec::new();
        for receipt in receipts {
            let delivery = receipt.delivery;
            let effect = self.dispatch.receipt(gateway, receipt, now).await?;
            if matches!(effect, ReceiptEffect::News | ReceiptEffect::Known)
                && !receipt.bill.is_unknown()
            {
                let attempt = Billed::ProviderId(&receipt.provider_id);
                _ = self.dispatch.outbox().billed(attempt, gateway, receipt.bill).await?;
            }
            match effect {
                ReceiptEffect::News => {
                    info!(gateway, %delivery, code = receipt.code, "receipt recorded");
                }
                ReceiptEffect::Known => {
                    debug!(gateway, %delivery, "receipt repeats a known status");
                }
                ReceiptEffect::Stray => {
                    debug!(gateway, %delivery, "receipt is for an unknown message");
                }
                ReceiptEffect::Early => early.push(receipt),
            }
        }
        Ok(early)
    }
}

impl fmt::Debug for ReceiptEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptEndpoint").field("dispatch", &self.dispatch).finish_non_exhaustive()
    }
}
