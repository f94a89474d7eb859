//! Cookies of the pages: the language, and the state between the steps of a flow.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, time::Duration},
};

use super::{Cookies, add, values};

/// Flows that a browser can have at a time.
pub(in crate::http) const STEPS: usize = 4;

/// Name of the cookie with the language that the visitor chose.
const LANGUAGE: &str = "passport_language";

/// Name of the cookie with the outcome of a step, for the page after it.
const NOTICE: &str = "passport_notice";

/// Name of the cookie that counts how often an application sends back the same person.
const RETURNS: &str = "passport_returns";

/// Time within which a return belongs to the one before.
const RETURNS_LIFE: Duration = Duration::seconds(10);

const NAMES: [&str; STEPS] =
    ["passport_flow_1", "passport_flow_2", "passport_flow_3", "passport_flow_4"];
const HOST_NAMES: [&str; STEPS] = [
    "__Host-passport_flow_1",
    "__Host-passport_flow_2",
    "__Host-passport_flow_3",
    "__Host-passport_flow_4",
];

impl Cookies {
    /// The first value of each cookie of flows, in the order of their places.
    pub(in crate::http) fn steps<'a>(&self, request: &'a HttpRequest) -> [Option<&'a [u8]>; STEPS] {
        self.step_names().map(|name| values(request, name).next())
    }

    /// Stores the sealed state of a flow in the place `at`.
    pub(in crate::http) fn set_step(
        &self,
        response: &mut HttpResponse,
        at: usize,
        sealed: String,
        life: Duration,
    ) {
        let cookie = self.cookie(self.step_names()[at], sealed).http_only(true).max_age(life);
        add(response, &cookie.finish());
    }

    /// Deletes the state in the place `at`.
    pub(in crate::http) fn end_step(&self, response: &mut HttpResponse, at: usize) {
        let mut cookie = self.cookie(self.step_names()[at], String::new()).http_only(true).finish();
        cookie.make_removal();
        add(response, &cookie);
    }

    /// The language that the visitor chose, as its tag.
    pub(in crate::http) fn language(request: &HttpRequest) -> Option<&str> {
        str::from_utf8(values(request, LANGUAGE).next()?).ok()
    }

    /// Keeps the language that the visitor chose for a year.
    pub(in crate::http) fn language_cookie(&self, tag: &'static str) -> Cookie<'static> {
        self.cookie(LANGUAGE, tag.to_owned()).http_only(true).max_age(Duration::days(365)).finish()
    }

    /// The outcome of the step before this page.
    pub(in crate::http) fn notice(request: &HttpRequest) -> Option<&str> {
        str::from_utf8(values(request, NOTICE).next()?).ok()
    }

    /// Keeps the outcome of a step for the page after it, which follows at once.
    pub(in crate::http) fn set_notice(&self, response: &mut HttpResponse, notice: String) {
        let cookie = self.cookie(NOTICE, notice).http_only(true).max_age(Duration::minutes(1));
        add(response, &cookie.finish());
    }

    /// Deletes the outcome of a step, which was shown.
    pub(in crate::http) fn end_notice(&self, response: &mut HttpResponse) {
        let mut cookie = self.cookie(NOTICE, String::new()).http_only(true).finish();
        cookie.make_removal();
        add(response, &cookie);
    }

    /// What counts the latest returns to an application.
    pub(in crate::http) fn returns(request: &HttpRequest) -> Option<&str> {
        str::from_utf8(values(request, RETURNS).next()?).ok()
    }

    /// Keeps the count of returns until the next one, which follows at once if the application sends people
    /// back.
    pub(in crate::http) fn set_returns(&self, response: &mut HttpResponse, count: String) {
        let cookie = self.cookie(RETURNS, count).http_only(true).max_age(RETURNS_LIFE);
        add(response, &cookie.finish());
    }

    fn step_names(&self) -> [&'static str; STEPS] {
        if self.secure { HOST_NAMES } else { NAMES }
    }
}
