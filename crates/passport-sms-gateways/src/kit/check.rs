//! Checks of settings that several gateways have.

/// ASCII letters and digits, at least one.
pub fn is_alphanumeric(text: &str) -> bool {
    is_made_of(text, |byte| byte.is_ascii_alphanumeric())
}

/// ASCII digits, at least one.
pub fn is_digits(text: &str) -> bool {
    is_made_of(text, |byte| byte.is_ascii_digit())
}

/// A region of a cloud: lower-case ASCII letters, digits and hyphens.
pub fn is_region(text: &str) -> bool {
    is_made_of(text, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// At least one byte, all of which fit.
pub fn is_made_of(text: &str, fits: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(fits)
}

/// The name with which a carrier signs messages, without the brackets that the carrier adds.
pub fn is_sign_name(text: &str) -> bool {
    let unfit = |c: char| c.is_control() || matches!(c, '【' | '】');
    (1..=50).contains(&text.chars().count()) && !text.contains(unfit)
}

/// An `https` URL with a host.
pub fn is_https_url(text: &str) -> bool {
    text.parse::<hyper::Uri>().is_ok_and(|uri| {
        uri.scheme_str() == Some("https") && uri.host().is_some_and(|host| !host.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_text_is_refused() {
        for check in [is_alphanumeric, is_digits, is_region, is_sign_name, is_https_url]
            as [fn(&str) -> bool; 5]
        {
            assert!(!check(""));
        }
    }

    #[test]
    fn each_check_accepts_its_own_form_only() {
        assert!(is_alphanumeric("aZ9") && !is_alphanumeric("a-9") && !is_alphanumeric("é"));
        assert!(is_digits("09") && !is_digits("9a") && !is_digits("９"));
        assert!(is_region("us-east-1") && !is_region("US"));
        assert!(is_sign_name("阿里云") && !is_sign_name("【阿里云】") && !is_sign_name("a\n"));
        assert!(is_https_url("https://a.example/x?y") && !is_https_url("http://a.example"));
        assert!(!is_https_url("https:///x") && !is_https_url("a.example"));
    }
}
