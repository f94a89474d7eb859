//! The mark of the service's own session, where other hosts of the domain share its cookie.
//!
//! Each of those hosts can replace the session cookie or add another one. The mark is a cookie that only the
//! service can set and read: a tag over the token that it has given to this browser.

use actix_web::{HttpRequest, cookie::Cookie};
use passport_session::SessionToken;

use super::{
    Cookies,
    key::{CookieKey, Tag},
    values,
};

const PURPOSE: &str = "own session";

impl Cookies {
    /// The session token of the request, if the service itself has given it to this browser.
    ///
    /// Another host of a shared domain that plants its own session would otherwise have the person act in
    /// that account, on the pages of this service.
    pub(in crate::http) fn own_session(&self, request: &HttpRequest) -> Option<SessionToken> {
        let session = self.session(request)?;
        (self.domain.is_none() || self.marks(request).any(|it| self.is_marked(&session, it)))
            .then_some(session)
    }

    /// Those of `sessions` that the service has given to this browser; all of them if no mark tells.
    pub(super) fn without_planted(
        &self,
        request: &HttpRequest,
        mut sessions: Vec<SessionToken>,
    ) -> Vec<SessionToken> {
        if self.domain.is_some() && self.marks(request).next().is_some() {
            sessions.retain(|session| self.marks(request).any(|it| self.is_marked(session, it)));
        }
        sessions
    }

    /// The mark of a session, to be stored for as long as its token.
    pub(super) fn mark(&self, token: &SessionToken) -> Cookie<'static> {
        let tag = self.key.tag(PURPOSE, &[token.digest().as_bytes()]);
        self.cookie(self.mark_name(), hex::encode(tag)).http_only(true).finish()
    }

    /// The removal of a mark.
    pub(super) fn no_mark(&self) -> Cookie<'static> {
        let mut cookie = self.cookie(self.mark_name(), String::new()).http_only(true).finish();
        cookie.make_removal();
        cookie
    }

    fn marks<'a>(&self, request: &'a HttpRequest) -> impl Iterator<Item = Tag> + use<'a> {
        values(request, self.mark_name()).filter_map(tag)
    }

    fn is_marked(&self, session: &SessionToken, mark: Tag) -> bool {
        let key: &CookieKey = &self.key;
        key.verifies(mark, PURPOSE, &[session.digest().as_bytes()])
    }

    fn mark_name(&self) -> &'static str {
        if self.secure { "__Host-passport_own" } else { "passport_own" }
    }
}

fn tag(value: &[u8]) -> Option<Tag> {
    let mut tag = Tag::default();
    hex::decode_to_slice(value, &mut tag).ok()?;
    Some(tag)
}
