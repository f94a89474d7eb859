//! Where gateways push what became of their messages.

use std::{fmt, sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType, web};
use passport_auth::{Clock, SystemClock};
use passport_sms_client::{
    Dispatch, OutboxError, Pushed, Receipt, ReceiptEffect, ReceiptError, ReceiptReader,
};
use time::OffsetDateTime;
use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

use super::pages::not_found;
use crate::{secrets::ReceiptKey, settings::Origin};

/// Some gateways push hundreds at once; this is room for more.
const LIMIT: usize = 64 * 1024;
/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a receipt is held that came before the gateway's answer was on record.
const HELD: Duration = Duration::from_secs(1);

/// What stands before the address of a receipt.
pub(super) const PREFIX: &str = "/sms/receipts/";

/// Takes receipts in.
#[derive(Clone)]
pub(crate) struct ReceiptDesk {
    pub(crate) key: ReceiptKey,
    /// Where gateways see the service, for those that sign the address.
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
/// No browser comes here, so there is no cookie and no token; what proves the gateway is the secret
/// and, where it signs, its signature. A receipt says how far a message came and nothing else.
async fn receive(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
    desk: web::Data<ReceiptDesk>,
) -> HttpResponse {
    let (gateway, secret) = path.into_inner();
    // Both are looked at in any case, and answered alike.
    let is_open = desk.key.opens(&gateway, &secret);
    let Some(reader) = desk.dispatch.router().receipts(&gateway).filter(|_| is_open) else {
        return not_found(&request);
    };
    let body = match timeout(PATIENCE, payload.to_bytes_limited(LIMIT)).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(_)) | Err(_)) => return HttpResponse::PayloadTooLarge().finish(),
        Err(_) => return HttpResponse::RequestTimeout().finish(),
    };
    match read(&desk, reader, &request, &body) {
        Ok(receipts) => desk.keep(&gateway, &receipts, reader).await,
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
    desk: &ReceiptDesk,
    reader: &dyn ReceiptReader,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Vec<Receipt>, ReceiptError> {
    let url = format!("{}{}", desk.origin, request.uri());
    let headers: Vec<_> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    reader.read(&Pushed { url: &url, headers: &headers, body })
}

impl ReceiptDesk {
    /// Counts what is new. When that fails, or one comes before its message is known, the gateway
    /// pushes again.
    async fn keep(
        &self,
        gateway: &str,
        receipts: &[Receipt],
        reader: &dyn ReceiptReader,
    ) -> HttpResponse {
        match self.count(gateway, receipts).await {
            Ok(early) if early.is_empty() => {}
            Ok(early) => {
                info!(gateway, count = early.len(), "receipt is early, to be pushed again");
                return HttpResponse::ServiceUnavailable().finish();
            }
            Err(error) => {
                warn!(gateway, error = &error as &dyn std::error::Error, "receipt not kept");
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

    /// Answers those that are still early after a moment: not every gateway pushes again, and some do
    /// it when the code is of no use any more.
    async fn count<'a>(
        &self,
        gateway: &str,
        receipts: &'a [Receipt],
    ) -> Result<Vec<&'a Receipt>, OutboxError> {
        let now = SystemClock.now();
        let early = self.take(gateway, receipts, now).await?;
        if early.is_empty() {
            return Ok(early);
        }
        sleep(HELD).await;
        // As of when they came: what began since is not meant.
        self.take(gateway, early, now).await
    }

    /// Answers those that are early.
    async fn take<'a>(
        &self,
        gateway: &str,
        receipts: impl IntoIterator<Item = &'a Receipt>,
        now: OffsetDateTime,
    ) -> Result<Vec<&'a Receipt>, OutboxError> {
        let mut early = Vec::new();
        for receipt in receipts {
            let delivery = receipt.delivery;
            match self.dispatch.outbox().receipt(gateway, receipt, now).await? {
                ReceiptEffect::News => {
                    info!(gateway, %delivery, code = receipt.code, "receipt taken")
                }
                ReceiptEffect::Known => debug!(gateway, %delivery, "receipt says nothing new"),
                ReceiptEffect::Stray => {
                    debug!(gateway, %delivery, "receipt is for no known message")
                }
                ReceiptEffect::Early => early.push(receipt),
            }
        }
        Ok(early)
    }
}

impl fmt::Debug for ReceiptDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptDesk").field("dispatch", &self.dispatch).finish_non_exhaustive()
    }
}
