//! An operation as a command for a shell.

use std::fmt::Write;

use serde_json::Value;

/// The command for an operation at `url`, with `body` if the operation has one.
pub(super) fn command(method: &str, url: &str, body: Option<&Value>, has_token: bool) -> String {
    let mut command = "curl".to_owned();
    if method != "get" && (body.is_none() || method != "post") {
        let _ = write!(command, " -X {}", method.to_uppercase());
    }
    let _ = write!(command, " {}", quoted(url));
    if has_token {
        command += " \\\n  -H \"Authorization: Bearer $TOKEN\"";
    }
    if let Some(body) = body {
        let _ = write!(
            command,
            " \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
            quoted(&body.to_string())
        );
    }
    command
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commands_name_method_credential_and_body() {
        let url = "http://a/b";
        assert_eq!(command("get", url, None, false), "curl 'http://a/b'");
        assert_eq!(command("post", url, None, false), "curl -X POST 'http://a/b'");
        let body = json!({ "a": "it's" });
        assert_eq!(
            command("post", url, Some(&body), false),
            "curl 'http://a/b' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"a\":\"it'\\''s\"}'"
        );
        assert_eq!(
            command("delete", url, None, true),
            "curl -X DELETE 'http://a/b' \\\n  -H \"Authorization: Bearer $TOKEN\""
        );
    }
}
