use actix_web::http::header::{AcceptEncoding, Encoding, Preference, Quality};

use super::embedded::File;

/// A form in which a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Brotli,
    Gzip,
}

impl Form {
    /// The form of `file` that a request with this `Accept-Encoding` prefers; of two that it likes
    /// equally, the smaller one.
    pub(super) fn preferred(file: &File, accepted: Option<&AcceptEncoding>) -> Self {
        let Some(accepted) = accepted else { return Self::Plain };
        // `identity` is acceptable unless it is excluded, and the last resort unless it is named.
        let mut best = (Self::Plain, named(accepted, "identity").unwrap_or(Quality::MIN));
        for form in [Self::Gzip, Self::Brotli] {
            let quality = quality(accepted, form.token());
            if form.stored(file).is_some() && quality > Quality::ZERO && quality >= best.1 {
                best = (form, quality);
            }
        }
        best.0
    }

    /// Name of the encoding in `Content-Encoding`.
    pub(super) fn token(self) -> &'static str {
        match self {
            Self::Plain => "identity",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The file in this form, or as it is.
    pub(super) fn content(self, file: &File) -> &'static [u8] {
        self.stored(file).unwrap_or(file.plain)
    }

    fn stored(self, file: &File) -> Option<&'static [u8]> {
        match self {
            Self::Plain => None,
            Self::Brotli => file.brotli,
            Self::Gzip => file.gzip,
        }
    }
}

/// Quality of the encoding by its name, otherwise that of `*`, otherwise zero.
fn quality(accepted: &AcceptEncoding, token: &str) -> Quality {
    let any = accepted.iter().find(|it| matches!(it.item, Preference::Any));
    named(accepted, token).or(any.map(|it| it.quality)).unwrap_or(Quality::ZERO)
}

fn named(accepted: &AcceptEncoding, token: &str) -> Option<Quality> {
    let is_token = |it: &Encoding| it.to_string().eq_ignore_ascii_case(token);
    let found = accepted
        .iter()
        .find(|it| matches!(&it.item, Preference::Specific(encoding) if is_token(encoding)));
    found.map(|it| it.quality)
}

#[cfg(test)]
mod tests {
    use actix_web::{
        http::header::{ACCEPT_ENCODING, Header},
        test::TestRequest,
    };

    use super::*;

    const FILE: File = File {
        path: "",
        media_type: "",
        digest: "",
        plain: b"plain",
        brotli: Some(b"br"),
        gzip: Some(b"gz"),
    };

    fn preferred(file: &File, accepted: &str) -> &'static str {
        let request = TestRequest::get().insert_header((ACCEPT_ENCODING, accepted)).to_request();
        Form::preferred(file, AcceptEncoding::parse(&request).ok().as_ref()).token()
    }

    #[test]
    fn the_smallest_acceptable_form_is_sent() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", "br"),
            ("br, gzip", "br"),
            ("gzip, deflate", "gzip"),
            ("GZIP", "gzip"),
            ("br;q=0.5, gzip;q=0.8", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("gzip;q=0, br;q=0", "identity"),
            ("*", "br"),
            ("br;q=0, *;q=0.1", "gzip"),
            ("*;q=0", "identity"),
            ("identity", "identity"),
            ("identity;q=1, br;q=0.5", "identity"),
            ("identity;q=0.5, br;q=0.5", "br"),
            ("identity;q=0, gzip;q=0.001", "gzip"),
            ("zstd, deflate", "identity"),
            ("", "identity"),
            (";;q=,", "identity"),
        ] {
            assert_eq!(preferred(&FILE, accepted), expected, "{accepted}");
        }
        assert_eq!(Form::preferred(&FILE, None), Form::Plain);
    }

    #[test]
    fn forms_that_are_not_there_are_not_sent() {
        let gzip_only = File { brotli: None, ..FILE };
        assert_eq!(preferred(&gzip_only, "br, gzip;q=0.1"), "gzip");
        let plain_only = File { brotli: None, gzip: None, ..FILE };
        assert_eq!(preferred(&plain_only, "br, gzip"), "identity");
    }
}
