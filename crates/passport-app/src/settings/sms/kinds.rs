//! The kinds of gateways, and what each of them is set up with.

mod aliyun;
mod huawei;
mod sns;
mod tencent;
mod twilio;
mod vonage;
mod webhook;
mod yuntongxun;

use passport_sms_client as sms;

use super::table::Table;

/// A kind of gateway, with what it needs.
#[derive(Debug, Clone)]
pub enum GatewayKind {
    /// `console`: nothing is sent.
    Console,
    /// `aliyun`
    Aliyun(Box<sms::aliyun::Settings>),
    /// `huawei`
    Huawei(Box<sms::huawei::Settings>),
    /// `sns`
    Sns(Box<sms::sns::Settings>),
    /// `tencent`
    Tencent(Box<sms::tencent::Settings>),
    /// `twilio`
    Twilio(Box<sms::twilio::Settings>),
    /// `vonage`
    Vonage(Box<sms::vonage::Settings>),
    /// `webhook`
    Webhook(Box<sms::webhook::Settings>),
    /// `yuntongxun`
    Yuntongxun(Box<sms::yuntongxun::Settings>),
}

/// A kind by its name, and how the rest of its table is read.
type Kind = (&'static str, fn(&mut Table<'_>) -> GatewayKind);

const KINDS: [Kind; 9] = [
    ("console", |_| GatewayKind::Console),
    ("aliyun", aliyun::read),
    ("huawei", huawei::read),
    ("sns", sns::read),
    ("tencent", tencent::read),
    ("twilio", twilio::read),
    ("vonage", vonage::read),
    ("webhook", webhook::read),
    ("yuntongxun", yuntongxun::read),
];

impl GatewayKind {
    /// `kind`, which is the name of the table unless it says otherwise, and the keys of that kind.
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let named = |name: &str| KINDS.into_iter().find(|(kind, _)| *kind == name);
        let default = named(table.name()).map_or("", |(name, _)| name);
        let allowed: Vec<_> = KINDS.into_iter().map(|(name, _)| name).collect();
        let key = table.key("kind");
        let kind = table.reader.try_read(&key, default, allowed.join(", "), named);
        kind.map(|(_, read)| read(table))
    }
}

impl GatewayKind {
    /// Time limits and trust, for what is reached over HTTPS.
    pub(crate) fn https(&self) -> Option<&sms::HttpsSettings> {
        match self {
            Self::Console => None,
            Self::Aliyun(settings) => Some(&settings.https),
            Self::Huawei(settings) => Some(&settings.https),
            Self::Sns(settings) => Some(&settings.https),
            Self::Tencent(settings) => Some(&settings.https),
            Self::Twilio(settings) => Some(&settings.https),
            Self::Vonage(settings) => Some(&settings.https),
            Self::Webhook(settings) => Some(&settings.https),
            Self::Yuntongxun(settings) => Some(&settings.https),
        }
    }
}
