use std::{error::Error, fmt, pin::pin, sync::Arc, time::Duration};

use futures::future::{Either, select};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use thiserror::Error;
use tokio::time::timeout;

use super::{connection::connect, tls};
use crate::{Endpoint, signature};

const AGENT: &str = concat!("passport-webhooks/", env!("CARGO_PKG_VERSION"));
/// Limit of the head of an answer.
const HEAD_LIMIT: usize = 16 * 1024;
/// Most bytes of an answer that are read. The rest is dropped with the connection.
const BODY_LIMIT: usize = 16 * 1024;
/// Longest pause that an endpoint can ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Posts signed events to endpoints. Clones share the roots.
#[derive(Debug, Clone)]
pub struct Sender {
    tls: Arc<ClientConfig>,
}

/// One try.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Value of `webhook-id`.
    pub id: &'a str,
    /// Time of the try, in Unix seconds.
    pub timestamp: i64,
    /// Body, which is JSON.
    pub body: &'a [u8],
}

/// Answer of an endpoint. Its body is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Pause that the endpoint asks for, at most an hour.
    pub retry_after: Option<Duration>,
}

impl Sender {
    /// A sender that trusts the public roots, and those of `extra_root_ca`, which is PEM.
    ///
    /// # Errors
    ///
    /// If `extra_root_ca` is not one or more certificates.
    pub fn new(extra_root_ca: Option<&str>) -> Result<Self, SenderError> {
        Ok(Self { tls: tls::config(extra_root_ca)? })
    }

    /// Posts an event to `endpoint`, within its time limit.
    ///
    /// # Errors
    ///
    /// If there is no complete head of an answer. The event may have arrived nevertheless.
    pub async fn post(&self, endpoint: &Endpoint, attempt: Attempt<'_>) -> Result<Answer, Unsent> {
        match timeout(endpoint.timeout, self.exchange(endpoint, attempt)).await {
            Ok(result) => result,
            Err(_) => Err(Unsent::new(format!("no answer within {:?}", endpoint.timeout))),
        }
    }

    async fn exchange(&self, endpoint: &Endpoint, attempt: Attempt<'_>) -> Result<Answer, Unsent> {
        let request = request(endpoint, attempt)?;
        let stream = connect(&endpoint.url, endpoint.allow_private, &self.tls).await?;
        let broken = |error: hyper::Error| Unsent::because("the connection broke", &error);
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(HEAD_LIMIT)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let talk = async {
            let response = sender.send_request(request).await.map_err(broken)?;
            let answer =
                Answer { status: response.status().as_u16(), retry_after: retry_after(&response) };
            drain(response).await;
            Ok(answer)
        };
        // The connection makes progress only while it is polled, and may end before its answer was taken.
        match select(pin!(talk), pin!(connection)).await {
            Either::Left((answer, _)) => answer,
            Either::Right((_, talk)) => talk.await,
        }
    }
}

fn request(endpoint: &Endpoint, attempt: Attempt<'_>) -> Result<Request<Full<Bytes>>, Unsent> {
    let Attempt { id, timestamp, body } = attempt;
    Request::builder()
        .method(Method::POST)
        .uri(&endpoint.url.path)
        .header(HOST, &endpoint.url.authority)
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature(&endpoint.secrets, id, timestamp, body))
        .body(Full::from(Bytes::copy_from_slice(body)))
        .map_err(|error| Unsent::because("the request cannot be written", &error))
}

/// Seconds of `Retry-After`. An HTTP date is ignored, because clocks differ.
fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(text.trim().parse().ok()?).min(LONGEST_PAUSE))
}

/// Reads the answer up to a bound, so that an endpoint that writes it sees no broken connection. What it
/// says is not kept, and failures do not matter: the status was received.
async fn drain(response: Response<Incoming>) {
    let (mut body, mut size) = (response.into_body(), 0);
    while let Some(Ok(frame)) = body.frame().await {
        size += frame.data_ref().map_or(0, Bytes::len);
        if size > BODY_LIMIT {
            return;
        }
    }
}

/// Why there was no answer. Names no path and quotes nothing that the endpoint sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent(String);

impl Unsent {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// `text`, and the causes of `error`.
    pub(super) fn because(text: &str, error: &(dyn Error + 'static)) -> Self {
        let causes = std::iter::successors(Some(error), |&error| error.source());
        let mut shown = text.to_owned();
        for cause in causes.map(ToString::to_string) {
            if !shown.contains(&cause) {
                shown = format!("{shown}: {cause}");
            }
        }
        Self(shown.chars().take(200).collect())
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Unsent {}

/// The extra roots are not one or more certificates in PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not one or more CA certificates in PEM")]
pub struct SenderError;
