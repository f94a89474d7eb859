//! Sends one message through the gateway that the environment names.
//!
//! ```text
//! cargo run -p passport-sms-client --all-features --example send -- +8613800138000
//! ```
//!
//! | variable | |
//! | --- | --- |
//! | `SMS_GATEWAY` | `aliyun`, `huawei`, `sns`, `tencent`, `twilio`, `vonage`, `webhook`, `yuntongxun`; `console` when unset |
//! | `SMS_LOCALE` | `zh-Hans`, `zh-Hant` or `en`, which it is when unset |
//! | `SMS_TEMPLATE` | the id of a template for the code and the minutes, where the gateway has templates |
//! | `SMS_SIGN_NAME` | the signature name, for the gateways in China that have one |
//! | `SMS_ORIGIN` | ends free texts with the `WebOTP` line of this host |
//! | `SMS_ENDPOINT` | another endpoint than the gateway's own |
//! | `SMS_ROOT_CA` | a PEM file of roots to trust beside those of the web |
//!
//! and for the account, by gateway:
//!
//! | gateway | variables |
//! | --- | --- |
//! | `aliyun` | `ALIYUN_ACCESS_KEY_ID`, `ALIYUN_ACCESS_KEY_SECRET` |
//! | `huawei` | `HUAWEI_APP_KEY`, `HUAWEI_APP_SECRET`, `HUAWEI_CHANNEL` |
//! | `sns` | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` |
//! | `tencent` | `TENCENT_SECRET_ID`, `TENCENT_SECRET_KEY`, `TENCENT_SDK_APP_ID` |
//! | `twilio` | `TWILIO_ACCOUNT_SID`, `TWILIO_AUTH_TOKEN`, `TWILIO_FROM` |
//! | `vonage` | `VONAGE_API_KEY`, `VONAGE_API_SECRET`, `VONAGE_FROM` |
//! | `webhook` | `WEBHOOK_URL`, `WEBHOOK_SECRET` |
//! | `yuntongxun` | `YUNTONGXUN_ACCOUNT_SID`, `YUNTONGXUN_AUTH_TOKEN`, `YUNTONGXUN_APP_ID` |

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use passport_sms_client::{
    Aliyun, Clock, Console, HttpsSettings, Huawei, Intent, Locale, Message, OriginHost, Outcome,
    Parameter, Purpose, SmsClient, Sns, Template, Templates, Tencent, Twilio, Vonage, Webhook,
    Yuntongxun, aliyun, huawei, sns, tencent, twilio, vonage, webhook, yuntongxun,
};
use time::OffsetDateTime;
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    tracing_subscriber::fmt().init();
    let to = env::args().nth(1).unwrap_or_else(|| "+8613800138000".to_owned());
    let locale = optional("SMS_LOCALE").unwrap_or_else(|| "en".to_owned());
    let message = Message {
        id: Uuid::new_v4(),
        to: to.parse()?,
        intent: Intent::Code {
            purpose: Purpose::Login,
            code: "004217".parse()?,
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ALL
            .into_iter()
            .find(|it| it.as_str() == locale)
            .ok_or("SMS_LOCALE is zh-Hans, zh-Hant or en")?,
    };
    let client = client()?;
    let outcome = client.send(&message).await;
    println!("{}: {}", client.name(), describe(&outcome));
    if let Outcome::Unknown(_) = &outcome
        && client.capabilities().status_query
    {
        println!("{:?}", client.find(&message, clock().now()).await);
    }
    Ok(if outcome.is_sent() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn client() -> Result<Box<dyn SmsClient>> {
    let name = optional("SMS_GATEWAY").unwrap_or_else(|| "console".to_owned());
    Ok(match name.as_str() {
        "console" => match origin()? {
            Some(origin) => Box::new(Console::new(clock()).with_origin(origin)),
            None => Box::new(Console::new(clock())),
        },
        "aliyun" => Box::new(aliyun()?),
        "huawei" => Box::new(huawei()?),
        "sns" => Box::new(sns()?),
        "tencent" => Box::new(tencent()?),
        "twilio" => Box::new(twilio()?),
        "vonage" => Box::new(vonage()?),
        "webhook" => Box::new(webhook()?),
        "yuntongxun" => Box::new(yuntongxun()?),
        _ => return Err("SMS_GATEWAY is the name of no gateway".into()),
    })
}

fn aliyun() -> Result<Aliyun> {
    let mut settings = aliyun::Settings::new(
        required("ALIYUN_ACCESS_KEY_ID")?,
        required("ALIYUN_ACCESS_KEY_SECRET")?,
        required("SMS_SIGN_NAME")?,
        templates()?,
    );
    settings.endpoint = endpoint(settings.endpoint);
    settings.https = https()?;
    Ok(Aliyun::new(settings, clock())?)
}

fn huawei() -> Result<Huawei> {
    let mut settings = huawei::Settings::new(
        required("HUAWEI_APP_KEY")?,
        required("HUAWEI_APP_SECRET")?,
        required("HUAWEI_CHANNEL")?,
        templates()?,
    );
    settings.sign_name = optional("SMS_SIGN_NAME");
    settings.endpoint = endpoint(settings.endpoint);
    settings.https = https()?;
    Ok(Huawei::new(settings, clock())?)
}

fn sns() -> Result<Sns> {
    let mut settings = sns::Settings::new(
        required("AWS_ACCESS_KEY_ID")?,
        required("AWS_SECRET_ACCESS_KEY")?,
        required("AWS_REGION")?,
    );
    settings.session_token = optional("AWS_SESSION_TOKEN").map(Into::into);
    settings.origin = origin()?;
    settings.endpoint = endpoint(settings.endpoint);
    settings.https = https()?;
    Ok(Sns::new(settings, clock())?)
}

fn tencent() -> Result<Tencent> {
    let mut settings = tencent::Settings::new(
        required("TENCENT_SECRET_ID")?,
        required("TENCENT_SECRET_KEY")?,
        required("TENCENT_SDK_APP_ID")?,
        templates()?,
    );
    settings.sign_name = optional("SMS_SIGN_NAME");
    settings.endpoint = endpoint(settings.endpoint);
    settings.https = https()?;
    Ok(Tencent::new(settings, clock())?)
}

fn twilio() -> Result<Twilio> {
    let credentials = twilio::Credentials::AuthToken(required("TWILIO_AUTH_TOKEN")?.into());
    let sender = twilio::Sender::From(required("TWILIO_FROM")?);
    let mut settings = twilio::Settings::new(required("TWILIO_ACCOUNT_SID")?, credentials, sender);
    settings.origin = origin()?;
    settings.endpoint = endpoint(settings.endpoint);
    settings.https = https()?;
    Ok(Twilio::new(settings, clock())?)
}

fn vonage() -> Result<Vonage> {
    let mut settings = vonage::Settings::new(
        required("VONAGE_API_KEY")?,
        required("VONAGE_API_SECRET")?,
        required("VONAGE_FROM")?,
    );
    settings.origin = origin()?;
    settings.endpoint = endpoint(settings.endpoint);
    settings.https = https()?;
    Ok(Vonage::new(settings, clock())?)
}

fn webhook() -> Result<Webhook> {
    let mut settings =
        webhook::Settings::new(required("WEBHOOK_URL")?, required("WEBHOOK_SECRET")?);
    settings.origin = origin()?;
    settings.https = https()?;
    Ok(Webhook::new(settings, clock())?)
}

fn yuntongxun() -> Result<Yuntongxun> {
    let mut settings = yuntongxun::Settings::new(
        required("YUNTONGXUN_ACCOUNT_SID")?,
        required("YUNTONGXUN_AUTH_TOKEN")?,
        required("YUNTONGXUN_APP_ID")?,
        templates()?,
    );
    settings.endpoint = endpoint(settings.endpoint);
    settings.https = https()?;
    Ok(Yuntongxun::new(settings, clock())?)
}

fn templates() -> Result<Templates> {
    let id = required("SMS_TEMPLATE")?;
    Ok(Templates::new(Template::new(id, [Parameter::Code, Parameter::Minutes])))
}

fn origin() -> Result<Option<OriginHost>> {
    Ok(optional("SMS_ORIGIN").map(|host| host.parse()).transpose()?)
}

fn endpoint(own: String) -> String {
    optional("SMS_ENDPOINT").unwrap_or(own)
}

fn https() -> Result<HttpsSettings> {
    let extra_root_ca = optional("SMS_ROOT_CA").map(std::fs::read_to_string).transpose()?;
    Ok(HttpsSettings { extra_root_ca, ..HttpsSettings::default() })
}

fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the program owns the clock")]
    Clock::new(OffsetDateTime::now_utc)
}

fn optional(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|value| !value.is_empty())
}

fn required(variable: &str) -> Result<String> {
    optional(variable).ok_or_else(|| format!("{variable} is not set").into())
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { provider_id } => {
            format!("accepted as {}", provider_id.as_deref().unwrap_or("a message without an id"))
        }
        Outcome::Duplicate => "accepted before".to_owned(),
        Outcome::NotSent(cause) => format!("not sent: {}", chain(cause)),
        Outcome::Rejected(rejection) => {
            format!("rejected, {:?}: {} {}", rejection.class, rejection.code, rejection.text)
        }
        Outcome::Unknown(cause) => format!("nobody knows, it may still arrive: {}", chain(cause)),
    }
}

/// The cause and everything beneath it.
fn chain(cause: &dyn Error) -> String {
    std::iter::successors(Some(cause), |&error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
