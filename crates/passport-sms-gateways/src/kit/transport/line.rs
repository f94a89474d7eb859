use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use passport_sms_client::Cause;
use rustls::ClientConfig;
use tokio::time::timeout_at;
use tower_service::Service;

use crate::kit::transport::Deadline;
use crate::kit::transport::answer::Answer;
use crate::kit::transport::meter::{Meter, MeteredConnector, MeteredStream};
use crate::kit::transport::tls;

/// Limit of the body; a longer answer is discarded.
const BODY_LIMIT: usize = 64 * 1024;
/// Limit of a connection's buffers, and so of the head of an answer.
const BUFFER_LIMIT: usize = 64 * 1024;

/// Reason for a missing answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// No byte of the request was sent.
    Unwritten(Cause),
    /// A part of the request may have been sent.
    Written(Cause),
}

/// A connection to the gateway. It makes progress only while one of its methods runs.
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
    /// None after the connection has ended.
    driver: Option<Box<Connection<MaybeHttpsStream<MeteredStream>, Full<Bytes>>>>,
    meter: Meter,
}

impl Line {
    /// Connects, and verifies the gateway's certificate.
    pub(super) async fn open(
        http: HttpConnector,
        tls: Arc<ClientConfig>,
        endpoint: Uri,
    ) -> Result<Self, Cause> {
        let meter = Meter::default();
        let mut connector = HttpsConnector::from((MeteredConnector::new(http, &meter), tls));
        if endpoint.scheme_str() != Some("http") {
            connector.enforce_https();
        }
        let stream = connector.call(endpoint).await.map_err(|error| {
            if tls::is_certificate(&*error) {
                Cause::Untrusted(error.into())
            } else {
                Cause::Unreachable(error.into())
            }
        })?;
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(BUFFER_LIMIT)
            .handshake(stream)
            .await
            .map_err(|error| Cause::Unreachable(Arc::new(error)))?;
        Ok(Self { sender, driver: Some(Box::new(driver)), meter })
    }

    /// Whether the connection is alive and accepts a request. Nothing is written.
    pub(super) async fn is_idle(&mut self) -> bool {
        poll_fn(|cx| {
            drive(&mut self.driver, cx);
            Poll::Ready(self.driver.is_some() && self.sender.is_ready())
        })
        .await
    }

    /// Sends the request and reads the complete answer, until `deadline`.
    ///
    /// After a failure the line is unusable and must be dropped.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        deadline: Deadline,
    ) -> Result<Answer, Failure> {
        let before = self.meter.taken();
        let Self { sender, driver, meter } = self;
        let mut talk = pin!(talk(sender, request));
        let both = poll_fn(|cx| {
            drive(driver, cx);
            talk.as_mut().poll(cx)
        });
        let error = match timeout_at(deadline.end, both).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(_elapsed) => TalkError::Broken(deadline.cause()),
        };
        Err(match error {
            TalkError::Unstarted(cause) => Failure::Unwritten(cause),
            TalkError::Broken(cause) if meter.taken() == before => Failure::Unwritten(cause),
            TalkError::Broken(cause) => Failure::Written(cause),
        })
    }
}

/// Polls the connection. Once it has ended it is dropped, which wakes everything that waits on it.
fn drive<D: Future + Unpin>(driver: &mut Option<D>, cx: &mut Context<'_>) {
    if let Some(running) = driver
        && Pin::new(running).poll(cx).is_ready()
    {
        *driver = None;
    }
}

enum TalkError {
    /// The connection returned the request unused.
    Unstarted(Cause),
    /// The meter decides whether the request was sent.
    Broken(Cause),
}

async fn talk(
    sender: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<Answer, TalkError> {
    let response = sender.try_send_request(request).await.map_err(|mut error| {
        let untouched = error.take_message().is_some();
        let cause = Cause::Disconnected(Arc::new(error.into_error()));
        if untouched { TalkError::Unstarted(cause) } else { TalkError::Broken(cause) }
    })?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await.map_err(|error| {
        TalkError::Broken(if error.is::<LengthLimitError>() {
            Cause::Unreadable("it is longer than 64 KiB")
        } else {
            Cause::Disconnected(error.into())
        })
    })?;
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
}
