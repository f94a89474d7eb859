use actix_web::{guard::GuardContext, http::header};

use crate::http::extract::is_forwarded;

/// Whether the person at this machine asks: under a loopback name, and not through a proxy.
///
/// A page of another site cannot set the host. Its own name may resolve to this machine (DNS
/// rebinding), and then the host is that name.
pub(super) fn is_local(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    let mut hosts = head.headers.get_all(header::HOST);
    let is_loopback = match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_loopback_name(host.as_bytes()),
        _ => false,
    };
    let is_loopback_target =
        head.uri.authority().is_none_or(|it| is_loopback_name(it.as_str().as_bytes()));
    is_loopback && is_loopback_target && !is_forwarded(&head.headers)
}

/// Whether `host` is a name of this machine, with or without a port.
fn is_loopback_name(host: &[u8]) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
        let Some((start, rest)) = host.split_at_checked(name.len()) else { return false };
        let is_port = rest.strip_prefix(b":").is_some_and(|it| it.iter().all(u8::is_ascii_digit));
        start.eq_ignore_ascii_case(name.as_bytes()) && (rest.is_empty() || is_port)
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn is_local(request: TestRequest) -> bool {
        let request = request.to_srv_request();
        super::is_local(&request.guard_ctx())
    }

    fn at(host: &'static str) -> TestRequest {
        TestRequest::get().uri("/dev/inbox.json").insert_header((header::HOST, host))
    }

    #[test]
    fn x10_only_loopback_names_are_answered() {
        for host in
            ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:1"]
        {
            assert!(is_local(at(host)), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "localhost:80@evil.example",
            "localhost:80.evil.example",
            "xlocalhost",
            "::1",
            "192.168.1.5:8080",
            "0.0.0.0:8080",
            "[::]:8080",
        ] {
            assert!(!is_local(at(host)), "{host}");
        }
        assert!(!is_local(TestRequest::get()), "without a host");
        assert!(!is_local(at("localhost").append_header((header::HOST, "evil.example"))));
        assert!(!is_local(at("localhost").uri("http://evil.example/dev/inbox.json")));
        assert!(is_local(at("localhost").uri("http://localhost/dev/inbox.json")));
    }

    #[test]
    fn x10_a_forwarded_request_is_not_answered() {
        for field in [
            ("X-Forwarded-For", "127.0.0.1"),
            ("x-forwarded-host", "localhost"),
            ("X-Forwarded-Proto", ""),
            ("Forwarded", "for=127.0.0.1"),
            ("X-Real-IP", "127.0.0.1"),
            ("Via", "1.1 proxy"),
            ("CF-Connecting-IP", "127.0.0.1"),
        ] {
            assert!(!is_local(at("localhost").insert_header(field)), "{field:?}");
        }
    }
}
