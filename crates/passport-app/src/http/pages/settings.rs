use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::files;
use crate::{http::seconds::whole_seconds, settings::Settings};

/// Settings that the pages follow, as the source of the module `static/old/js/settings.js`.
///
/// The file of that name has the defaults and is never sent: this module, with the effective values,
/// is sent in its place.
#[derive(Debug, Clone)]
pub(crate) struct PageSettings {
    module: web::Bytes,
    digest: [u8; 32],
}

/// Values of the module, in alphabetical order as in the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    code_seconds: u64,
    has_inbox: bool,
    password_max: usize,
    password_min: usize,
    picture_height: u32,
    picture_length: usize,
    picture_width: u32,
    resend_seconds: u64,
}

impl PageSettings {
    pub(crate) fn of(settings: &Settings) -> Self {
        let (picture_width, picture_height) = settings.captcha.picture_size();
        let values = Values {
            code_seconds: settings.sms_code.policy.ttl().as_secs(),
            has_inbox: settings.has_inbox(),
            password_max: settings.password.policy.max_length(),
            password_min: settings.password.policy.min_length(),
            picture_height,
            picture_length: settings.captcha.length,
            picture_width,
            resend_seconds: whole_seconds(settings.sms_code.resend_after),
        };
        let values = serde_json::to_string_pretty(&values).expect("numbers and flags are JSON");
        let module = format!("export default {values};\n");
        Self { digest: Sha256::digest(&module).into(), module: module.into() }
    }
}

/// `GET /static/old/js/settings.js`
pub(super) async fn module(
    request: HttpRequest,
    settings: web::Data<PageSettings>,
) -> HttpResponse {
    let PageSettings { module, digest } = &**settings;
    files::file(&request, "text/javascript; charset=utf-8", digest, module.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_static_file_has_the_defaults() {
        let settings = Settings::from_pairs([]).unwrap();
        let file = include_str!("../../../../../static/old/js/settings.js");
        let (_, defaults) = file.split_once("\n\n").expect("a blank line follows the comment");
        assert_eq!(PageSettings::of(&settings).module, defaults);
    }
}
