//! Where gateways push what became of their messages.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType, web};
use passport_auth::{Clock, SystemClock};
use passport_sms_client::{Outbox, Pushed, Receipt, ReceiptError, ReceiptReader};
use tokio::time::timeout;
use tracing::{debug, info, warn};

use super::pages::not_found;
use crate::{secrets::ReceiptKey, settings::Origin};

/// Some gateways push hundreds at once; this is room for more.
const LIMIT: usize = 64 * 1024;
/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What stands before the address of a receipt.
pub(super) const PREFIX: &str = "/sms/receipts/";

/// Takes receipts in.
#[derive(Clone)]
pub(crate) struct ReceiptDesk {
    pub(crate) key: ReceiptKey,
    /// Where gateways see the service, for those that sign the address.
    pub(crate) origin: Origin,
    /// By the name of the gateway.
    pub(crate) readers: BTreeMap<String, Arc<dyn ReceiptReader>>,
    pub(crate) outbox: Arc<dyn Outbox>,
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
    let Some(reader) = desk.readers.get(&gateway).filter(|_| is_open) else {
        return not_found(&request);
    };
    let body = match timeout(PATIENCE, payload.to_bytes_limited(LIMIT)).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(_)) | Err(_)) => return HttpResponse::PayloadTooLarge().finish(),
        Err(_) => return HttpResponse::RequestTimeout().finish(),
    };
    match read(&desk, &**reader, &request, &body) {
        Ok(receipts) => desk.keep(&gateway, &receipts, &**reader).await,
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
    /// Counts what is new. When that fails, the gateway pushes again.
    async fn keep(
        &self,
        gateway: &str,
        receipts: &[Receipt],
        reader: &dyn ReceiptReader,
    ) -> HttpResponse {
        for receipt in receipts {
            let delivery = receipt.delivery;
            match self.outbox.receipt(gateway, receipt, SystemClock.now()).await {
                Ok(true) => info!(gateway, %delivery, code = receipt.code, "receipt taken"),
                Ok(false) => debug!(gateway, %delivery, "receipt says nothing new"),
                Err(error) => {
                    warn!(gateway, error = &error as &dyn std::error::Error, "receipt not kept");
                    return HttpResponse::ServiceUnavailable().finish();
                }
            }
        }
        let acknowledgement = reader.acknowledgement();
        let media_type = match acknowledgement.as_bytes().first() {
            Some(b'{') => ContentType::json(),
            _ => ContentType::plaintext(),
        };
        HttpResponse::Ok().insert_header(media_type).body(acknowledgement)
    }
}

impl fmt::Debug for ReceiptDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptDesk").field("readers", &self.readers).finish_non_exhaustive()
    }
}
