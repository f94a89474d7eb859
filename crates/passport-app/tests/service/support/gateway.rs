use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::listening::{listen, tls};

/// Settings and replies of a gateway of one kind. The exact requests are tested in the crate of the
/// gateways.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    settings: &'static [(&'static str, &'static str)],
    accepted: &'static str,
    refused: &'static str,
}

impl Kind {
    /// All kinds. Each replies with the message id `id-of-the-double`.
    pub(crate) const ALL: [Self; 10] = [
        Self {
            name: "aliyun",
            settings: &[
                ("access_key_id", "LTAI5t"),
                ("access_key_secret", SECRET),
                ("sign_name", "Passport"),
                ("template_id", "SMS_1"),
            ],
            accepted: r#"200 {"Message":"OK","RequestId":"r","Code":"OK","BizId":"id-of-the-double"}"#,
            refused: r#"200 {"Message":"no","RequestId":"r","Code":"isv.MOBILE_NUMBER_ILLEGAL"}"#,
        },
        Self {
            name: "aliyun_pnvs",
            settings: &[
                ("access_key_id", "LTAI5t"),
                ("access_key_secret", SECRET),
                ("sign_name", "Passport"),
                ("template_id", "100001"),
            ],
            accepted: r#"200 {"Code":"OK","Message":"OK","RequestId":"r","Success":true,"Model":{"BizId":"id-of-the-double"}}"#,
            refused: r#"200 {"Code":"isv.MOBILE_NUMBER_ILLEGAL","Message":"no","RequestId":"r","Success":false}"#,
        },
        Self {
            name: "custom_http",
            settings: &[
                ("body", r#"{"to":"{to}","text":"{text}"}"#),
                ("token", SECRET),
                ("accepted", "/id"),
                ("id", "/id"),
                ("code", "/error"),
                ("codes.number", "bad_recipient"),
            ],
            accepted: r#"200 {"id":"id-of-the-double"}"#,
            refused: r#"400 {"error":"number"}"#,
        },
        Self {
            name: "huawei",
            settings: &[
                ("app_key", "key"),
                ("app_secret", SECRET),
                ("channel", "1069"),
                ("template_id", "8ff5"),
            ],
            accepted: r#"200 {"code":"000000","description":"Success","result":[{"originTo":"+8613800138000","createTime":"t","from":"1069","smsMsgId":"id-of-the-double","status":"000000"}]}"#,
            refused: r#"200 {"code":"E000503","description":"no"}"#,
        },
        Self {
            name: "sns",
            settings: &[("access_key_id", "AKIA"), ("secret_access_key", SECRET)],
            accepted: r#"200 <PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>id-of-the-double</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"#,
            refused: r#"400 <ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber</Message></Error><RequestId>r</RequestId></ErrorResponse>"#,
        },
        Self {
            name: "tencent",
            settings: &[
                ("secret_id", "AKID"),
                ("secret_key", SECRET),
                ("sdk_app_id", "1400006666"),
                ("sign_name", "Passport"),
                ("template_id", "449739"),
            ],
            accepted: r#"200 {"Response":{"SendStatusSet":[{"SerialNo":"id-of-the-double","PhoneNumber":"+8613800138000","Fee":1,"SessionContext":"s","Code":"Ok","Message":"send success","IsoCode":"CN"}],"RequestId":"r"}}"#,
            refused: r#"200 {"Response":{"Error":{"Code":"InvalidParameterValue.IncorrectPhoneNumber","Message":"no"},"RequestId":"r"}}"#,
        },
        Self {
            name: "twilio",
            settings: &[("account_sid", "AC01"), ("auth_token", SECRET), ("from", "+15005550006")],
            accepted: r#"201 {"sid":"id-of-the-double","status":"queued","error_code":null,"error_message":null}"#,
            refused: r#"400 {"code":21211,"message":"no","status":400}"#,
        },
        Self {
            name: "vonage",
            settings: &[("api_key", "key1"), ("api_secret", SECRET), ("from", "Passport")],
            accepted: r#"200 {"message-count":"1","messages":[{"status":"0","message-id":"id-of-the-double"}]}"#,
            refused: r#"200 {"message-count":"1","messages":[{"status":"7","error-text":"no"}]}"#,
        },
        Self {
            name: "webhook",
            settings: &[("secrets", WEBHOOK_SECRET), ("receipt_secrets", WEBHOOK_SECRET)],
            accepted: r#"200 {"message_id":"id-of-the-double"}"#,
            refused: r#"422 {"error":{"code":"bad_recipient"}}"#,
        },
        Self {
            name: "yuntongxun",
            settings: &[
                ("account_sid", "8a21"),
                ("auth_token", SECRET),
                ("app_id", "8a22"),
                ("template_id", "20001"),
            ],
            accepted: r#"200 {"statusCode":"000000","templateSMS":{"smsMessageSid":"id-of-the-double","dateCreated":"20261122174330"}}"#,
            refused: r#"200 {"statusCode":"160042","statusMsg":"no"}"#,
        },
    ];

    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.name == name).expect("the kind exists")
    }
}

/// Secret of every gateway.
pub(crate) const SECRET: &str = "a-token-that-stays-secret";
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Test double of a gateway, with TLS. The double runs on a separate thread, so that it also works
/// while a test blocks.
pub(crate) struct GatewayDouble {
    kind: Kind,
    address: SocketAddr,
    folder: TempDir,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    behaviour: Behaviour,
    requests: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Behaviour {
    #[default]
    Accepting,
    Refusing,
    /// Sends this reply to every request.
    Replying(&'static str),
    /// Accepts every message after a second.
    Delaying,
    /// Reads requests and sends no reply.
    Withholding,
}

impl GatewayDouble {
    /// Starts a gateway that accepts every message.
    pub(crate) fn start(kind: &str) -> Self {
        let kind = Kind::named(kind);
        let (tls, folder) = tls();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let address = listen(move |client| serve(client, tls.clone(), kind, Arc::clone(&shared)));
        Self { kind, address, folder, state }
    }

    /// The settings of `[sms.<name>]` for this gateway.
    pub(crate) fn settings(&self, name: &str) -> Vec<(String, String)> {
        let key = |key: &str| format!("sms.{name}.{key}");
        let has_url = matches!(self.kind.name, "webhook" | "custom_http");
        let place = if has_url { "url" } else { "endpoint" };
        let mut settings = vec![
            (key("kind"), self.kind.name.to_owned()),
            (key(place), format!("https://{}", self.address)),
            (key("root_ca"), self.root_ca().display().to_string()),
        ];
        let own = self.kind.settings.iter().map(|(name, value)| (key(name), (*value).to_owned()));
        settings.extend(own);
        settings
    }

    fn root_ca(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    pub(crate) fn refuse(&self) {
        self.state.lock().unwrap().behaviour = Behaviour::Refusing;
    }

    /// Sends `answer` to every request from now on: status and body, such as `401 no`.
    pub(crate) fn say(&self, answer: &'static str) {
        self.state.lock().unwrap().behaviour = Behaviour::Replying(answer);
    }

    /// Accepts every message after a second from now on.
    pub(crate) fn delay(&self) {
        self.state.lock().unwrap().behaviour = Behaviour::Delaying;
    }

    pub(crate) fn withhold(&self) {
        self.state.lock().unwrap().behaviour = Behaviour::Withholding;
    }

    pub(crate) fn accept(&self) {
        self.state.lock().unwrap().behaviour = Behaviour::Accepting;
    }

    /// All requests so far, with their headers.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }
}

async fn serve(client: TcpStream, tls: TlsAcceptor, kind: Kind, state: Arc<Mutex<State>>) {
    let Ok(client) = tls.accept(client).await else { return };
    let mut client = BufReader::new(client);
    while let Some(request) = read(&mut client).await {
        let behaviour = {
            let mut state = state.lock().unwrap();
            state.requests.push(request);
            state.behaviour
        };
        let answer = match behaviour {
            Behaviour::Accepting => kind.accepted,
            Behaviour::Delaying => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                kind.accepted
            }
            Behaviour::Refusing => kind.refused,
            Behaviour::Replying(answer) => answer,
            Behaviour::Withholding => std::future::pending().await,
        };
        let (status, body) = answer.split_once(' ').unwrap();
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} -\r\nContent-Length: {length}\r\n\r\n{body}");
        if client.write_all(answer.as_bytes()).await.is_err() || client.flush().await.is_err() {
            return;
        }
    }
}

/// Reads a request: head, and body of the length in `Content-Length`.
pub(super) async fn read(client: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut request = String::new();
    let mut length = 0;
    loop {
        let start = request.len();
        if client.read_line(&mut request).await.ok()? == 0 {
            return None;
        }
        let line = request[start..].trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body).await.ok()?;
    request.push_str(&String::from_utf8_lossy(&body));
    Some(request)
}
