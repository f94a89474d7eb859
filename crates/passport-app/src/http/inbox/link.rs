//! The link that opens the inbox once, for a service that other machines can reach.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    guard::{Guard, fn_guard},
    http::header,
    web,
};
use rand::CryptoRng;
use subtle::ConstantTimeEq;

use crate::{
    http::{extract::is_forwarded, pages::not_found},
    settings::Origin,
};

/// Cookie of the browser that has opened the link.
const COOKIE: &str = "passport_inbox";

/// Key of the link, and the value of the cookie that the first browser gets for it.
pub(crate) struct InboxLink {
    key: String,
    cookie: String,
    is_used: AtomicBool,
    is_secure: bool,
}

impl InboxLink {
    /// A new link, valid until it is opened or the process ends. With `is_secure` its cookie is sent
    /// over https only.
    pub(crate) fn new(rng: &mut impl CryptoRng, is_secure: bool) -> Self {
        let mut random = || {
            let mut bytes = [0; 16];
            rng.fill_bytes(&mut bytes);
            hex::encode(bytes)
        };
        let (key, cookie) = (random(), random());
        Self { key, cookie, is_used: AtomicBool::new(false), is_secure }
    }

    /// The address of the link.
    pub(crate) fn url(&self, origin: &Origin) -> String {
        format!("{origin}/dev/inbox/open/{}", self.key)
    }

    fn cookie(&self) -> Cookie<'static> {
        Cookie::build(COOKIE, self.cookie.clone())
            .path("/dev/inbox")
            .secure(self.is_secure)
            .http_only(true)
            // Strict cookies are not sent after a redirect from another site, such as a chat.
            .same_site(SameSite::Lax)
            .finish()
    }

    /// Whether one of the cookies is that of the link. Each is compared by its bytes.
    fn has_cookie(&self, cookies: impl Iterator<Item = impl AsRef<[u8]>>) -> bool {
        let is_own = |cookie: &[u8]| {
            let value = cookie.trim_ascii().strip_prefix(COOKIE.as_bytes())?.strip_prefix(b"=")?;
            Some(bool::from(value.ct_eq(self.cookie.as_bytes())))
        };
        cookies.fold(false, |found, field| {
            found | field.as_ref().split(|byte| *byte == b';').any(|it| is_own(it) == Some(true))
        })
    }
}

/// Passes requests of the browser that has opened the link, if no proxy forwarded them; every other
/// request finds nothing.
pub(super) fn opened(link: web::Data<InboxLink>) -> impl Guard {
    fn_guard(move |context| {
        let headers = context.head().headers();
        !is_forwarded(headers) && link.has_cookie(headers.get_all(header::COOKIE))
    })
}

/// `GET /dev/inbox/open/{key}`: the first browser gets the cookie, and is sent to the inbox.
pub(super) async fn open(
    request: HttpRequest,
    key: web::Path<String>,
    link: web::Data<InboxLink>,
) -> HttpResponse {
    let to_inbox = || {
        let mut response = HttpResponse::SeeOther();
        response.insert_header((header::LOCATION, "/dev/inbox"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response
    };
    if !bool::from(key.as_bytes().ct_eq(link.key.as_bytes())) {
        not_found(&request)
    } else if link.has_cookie(request.headers().get_all(header::COOKIE)) {
        to_inbox().finish()
    } else if link.is_used.swap(true, Ordering::Relaxed) {
        HttpResponse::Gone()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/plain; charset=utf-8")
            .body("This link was opened already. Restart the service for a new one.\n")
    } else {
        to_inbox().cookie(link.cookie()).finish()
    }
}
