//! What a request must look like, written apart from the code under test.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};

pub(crate) const ACCOUNT: &str = "8a216da8000000000000000000000c0d";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const APP: &str = "8a216da800000000000000000000a991";
/// The time of the tests in China.
pub(crate) const TIMESTAMP: &str = "20261122174330";

/// A request as it came.
pub(crate) struct Request {
    line: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Request {
    /// Reads one request; `None` when the client hung up before it was whole.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let mut headers = BTreeMap::new();
        for header in lines {
            let (name, value) = header.split_once(": ").unwrap();
            let twice = headers.insert(name.to_lowercase(), value.to_owned());
            assert_eq!(twice, None, "{name} comes once");
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        stream.read_exact(&mut body).await.ok()?;
        Some(Self { line, headers, body })
    }

    /// The `reqId` of a faultless request, or what is wrong with it.
    pub(crate) fn verify(&self, host: &str) -> Result<String, String> {
        let digest = Md5::digest(format!("{ACCOUNT}{TOKEN}{TIMESTAMP}"));
        let sig = hex::encode_upper(digest);
        let line =
            format!("POST /2013-12-26/Accounts/{ACCOUNT}/SMS/TemplateSMS?sig={sig} HTTP/1.1");
        expect("request line", &self.line, &line)?;

        let length = self.body.len().to_string();
        let authorization = BASE64_STANDARD.encode(format!("{ACCOUNT}:{TIMESTAMP}"));
        let headers = [
            ("accept", "application/json"),
            ("authorization", &authorization),
            ("content-length", &length),
            ("content-type", "application/json;charset=utf-8"),
            ("host", host),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        expect("headers", &self.headers, &BTreeMap::from(headers))?;

        let body: BTreeMap<String, Value> =
            serde_json::from_slice(&self.body).map_err(|error| error.to_string())?;
        let names: Vec<&str> = body.keys().map(String::as_str).collect();
        expect("fields", &names, &vec!["appId", "datas", "reqId", "templateId", "to"])?;
        expect("appId", &body["appId"], &APP.into())?;
        expect("templateId", &body["templateId"], &"20001".into())?;
        expect("datas", &body["datas"], &vec!["004217", "5"].into())?;
        expect("to", &body["to"], &"13800138000".into())?;
        let id = body["reqId"].as_str().unwrap_or_default();
        let plain = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if plain { Ok(id.to_owned()) } else { Err(format!("reqId: {id}")) }
    }
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, want: &T) -> Result<(), String> {
    if got == want { Ok(()) } else { Err(format!("{what}: got {got:?}, want {want:?}")) }
}
