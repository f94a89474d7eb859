use actix_web::HttpRequest;
use passport_auth::Theme;

/// The theme of the page that asks: that of the query parameter `theme`, `light` or `dark`, otherwise
/// light.
pub(super) fn of(request: &HttpRequest) -> Theme {
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
    match pairs.find(|(key, _)| key == "theme") {
        Some((_, theme)) if theme == "dark" => Theme::Dark,
        _ => Theme::Light,
    }
}
