use std::time::Instant;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use crate::metrics::HttpMeter;

/// Counts and times each request, by the route that served it.
pub(super) async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let meter = request.app_data::<web::Data<HttpMeter>>().cloned();
    let running = meter.as_ref().map(|meter| meter.begin());
    let (start, method) = (Instant::now(), request.method().clone());
    let response = next.call(request).await?;
    if let Some(meter) = meter {
        let (route, status) = (response.request().match_pattern(), response.status().as_u16());
        meter.answered(route, method.as_str(), status, start.elapsed());
    }
    drop(running);
    Ok(response)
}
