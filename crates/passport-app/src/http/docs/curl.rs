//! An operation as a command for a shell.

use std::fmt::Write;

use serde_json::Value;

/// An operation as a client calls it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Call<'a> {
    /// Method in lower case.
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) body: Option<&'a Value>,
    /// Whether a session is needed.
    pub(super) has_token: bool,
    /// File for a response that is no text.
    pub(super) file: Option<&'static str>,
}

/// The command for `call`.
pub(super) fn command(call: Call<'_>) -> String {
    let Call { method, url, body, has_token, file } = call;
    let mut command = "curl".to_owned();
    if let Some(file) = file {
        let _ = write!(command, " -o {file}");
    }
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
        let call = Call { method: "get", url: "http://a/b", ..Call::default() };
        assert_eq!(command(call), "curl 'http://a/b'");
        assert_eq!(command(Call { file: Some("c.png"), ..call }), "curl -o c.png 'http://a/b'");
        assert_eq!(command(Call { method: "post", ..call }), "curl -X POST 'http://a/b'");
        let body = json!({ "a": "it's" });
        assert_eq!(
            command(Call { method: "post", body: Some(&body), ..call }),
            "curl 'http://a/b' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"a\":\"it'\\''s\"}'"
        );
        assert_eq!(
            command(Call { method: "delete", has_token: true, ..call }),
            "curl -X DELETE 'http://a/b' \\\n  -H \"Authorization: Bearer $TOKEN\""
        );
    }
}
