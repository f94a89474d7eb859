//! The cookies of flows: a browser has a few places, and the oldest flow makes room for a new one.

use actix_web::{HttpRequest, HttpResponse, cookie, web};
use time::OffsetDateTime;

use super::super::site::Site;
use super::{Flow, FlowId, FlowKey, FlowPurpose, LIFE};
use crate::http::cookies::{Cookies, STEPS};

/// The flow of the request's address, if this browser has it.
pub(in crate::http::pages) fn any(request: &HttpRequest) -> Option<Flow> {
    let id = FlowId::of(request)?;
    let (cookies, key, site) = services(request)?;
    let flows = places(request, cookies, key, site.clock.now());
    flows.into_iter().flatten().find(|flow| flow.id == id)
}

/// The same, if it is `purpose`.
pub(in crate::http::pages) fn find(request: &HttpRequest, purpose: FlowPurpose) -> Option<Flow> {
    any(request).filter(|flow| flow.purpose == purpose)
}

/// Stores `flow` in the browser: in the place that it has, in a free one, or in that of the oldest.
pub(in crate::http::pages) fn store(
    request: &HttpRequest,
    response: &mut HttpResponse,
    flow: &Flow,
) {
    let Some((cookies, key, site)) = services(request) else { return };
    let places = places(request, cookies, key, site.clock.now());
    let own = places.iter().position(|place| place.as_ref().is_some_and(|it| it.id == flow.id));
    let free = || places.iter().position(Option::is_none);
    let oldest = || (0..STEPS).min_by_key(|at| places[*at].as_ref().map(|flow| flow.began_at));
    let at = own.or_else(free).or_else(oldest).unwrap_or_default();
    let life = cookie::time::Duration::try_from(LIFE).unwrap_or_default();
    cookies.set_step(response, at, key.seal(flow, &mut rand::rng()), life);
}

/// Deletes `flow` from the browser.
pub(in crate::http::pages) fn end(request: &HttpRequest, response: &mut HttpResponse, flow: &Flow) {
    let Some((cookies, key, site)) = services(request) else { return };
    for (at, place) in places(request, cookies, key, site.clock.now()).iter().enumerate() {
        if place.as_ref().is_some_and(|it| it.id == flow.id) {
            cookies.end_step(response, at);
        }
    }
}

fn places(
    request: &HttpRequest,
    cookies: &Cookies,
    key: &FlowKey,
    now: OffsetDateTime,
) -> [Option<Flow>; STEPS] {
    let sealed = cookies.steps(request);
    sealed.map(|sealed| key.open(sealed?).filter(|flow| flow.is_alive(now)))
}

fn services(
    request: &HttpRequest,
) -> Option<(&web::Data<Cookies>, &web::Data<FlowKey>, &web::Data<Site>)> {
    Some((request.app_data()?, request.app_data()?, request.app_data()?))
}
