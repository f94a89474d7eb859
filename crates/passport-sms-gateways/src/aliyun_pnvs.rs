//! Aliyun PNVS (阿里云号码认证服务, 短信认证): verification codes by `SendSmsVerifyCode` of 2017-05-25
//! (`dypnsapi`), signed with ACS3-HMAC-SHA256.
//!
//! It is the way for individuals and small teams to send codes in mainland China, because it needs no
//! registered signature name of their own: the console offers a signature name and templates that belong
//! together.
//!
//! What the gateway promises:
//!
//! - **It sends codes to mainland China (`+86`) and nothing else.** Other numbers and notices are not
//!   [covered](SmsClient::covers).
//! - **The code is ours.** A template is filled with the code of the message. The provider neither draws a
//!   code (`##code##` is never sent) nor returns one, and its check of codes is not used.
//! - **It has no idempotency key.** A repeated message is a second message unless it falls into the
//!   [`interval`](Settings::interval), in which the provider refuses every message to the number.
//!   `OutId` carries the id of the message, but only as a label.
//! - **It can be asked.** [`find`](SmsClient::find) looks for that label among the messages to the number on
//!   that day. If the label is listed, the gateway has the message. A missing label proves nothing and is
//!   [`Unsure`](Finding::Unsure), because the list lags by an undocumented time.
//! - It retries through another carrier route on its own (`AutoRetry`), which is not a second message.
//!
//! What is not documented, and so not relied on:
//!
//! - Whether it pushes receipts, and in which form. It counts as a gateway without; a question reports the
//!   delivery.
//! - A complete list of its codes. Those of `SendSms` are recognised, as are the code of the interval and
//!   the codes of the service itself; others are [`UnknownCode`](Class::UnknownCode), with the code kept.
//! - The longest code of our own that it accepts, and the limits of `Interval`. Codes of its own have four
//!   to eight digits.
//! - Whether the live gateway accepts [`Placement::Form`].

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Class, Clock, ContentKind, Finding, Gap, Gateway, Message, MessageKind, Outcome,
    Prefix, Rejection, SettingsError, SmsClient, Template, Topic,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Site;
use crate::kit::acs3;
use crate::kit::transport::Transport;

pub use crate::aliyun_pnvs::settings::Settings;
pub use crate::kit::acs3::Placement;

mod answer;
mod details;
mod request;
mod settings;

/// The gateway of Aliyun PNVS.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct AliyunPnvs {
    settings: Settings,
    transport: Transport,
    clock: Clock,
}

impl AliyunPnvs {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// Requests are refused if the clock is wrong by more than 15 minutes.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let transport = Transport::of(&settings, &settings.endpoint)?;
        Ok(Self { settings, transport, clock: site.clock.clone() })
    }

    fn template(&self, kind: MessageKind) -> Result<&Template, Gap> {
        if !kind.destination.is_within(Prefix::MAINLAND_CHINA) {
            return Err(Gap::Destination);
        }
        match kind.topic {
            Topic::Code(_) => self.settings.templates.find(kind.topic, kind.locale),
            Topic::Notice(_) | Topic::Custom(_) => None,
        }
        .ok_or(Gap::Template)
    }
}

#[async_trait]
impl SmsClient for AliyunPnvs {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(ContentKind::Templates).with_status_query()
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.template(*kind).map(drop)
    }

    async fn send(&self, message: &Message) -> Outcome {
        let template = match self.template(MessageKind::by(message)) {
            Ok(template) => template,
            Err(gap) => return Outcome::Rejected(Rejection::uncovered(gap)),
        };
        let request = self.send_code(message, template, self.clock.now(), Uuid::new_v4());
        let interval = self.settings.interval;
        let read = |answer: &_| answer::outcome(answer, message, interval, self.clock.now());
        self.transport.send(request, read).await
    }

    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        let now = self.clock.now();
        let Ok(request) = self.query_send_details(message, sent_at, now, Uuid::new_v4()) else {
            return Finding::Unsure;
        };
        match self.transport.exchange(request).await {
            Ok(answer) => details::finding(&answer, message),
            Err(_) => Finding::Unsure,
        }
    }
}

impl Gateway for AliyunPnvs {
    fn delivery_class(&self, code: &str) -> Class {
        acs3::delivery_class(code)
    }
}

impl fmt::Debug for AliyunPnvs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AliyunPnvs")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Intent, Notice, Parameter, Purpose, Templates};

    use super::*;
    use crate::fixtures::{message, rejection, site};

    fn gateway() -> AliyunPnvs {
        let template = Template::new("100001", [Parameter::Code, Parameter::Minutes]);
        let notice = Template::new("100002", []);
        let templates = Templates::new(template).with(
            Notice::PasswordChanged,
            passport_sms_client::Locale::ZhHans,
            notice,
        );
        let mut settings = Settings::new("id", "key", "速通互联验证码", templates);
        // Nothing listens there.
        settings.endpoint = "https://127.0.0.1:1".to_owned();
        AliyunPnvs::open(settings, &site()).unwrap()
    }

    #[tokio::test]
    async fn only_codes_to_the_mainland_are_covered() {
        let gateway = gateway();
        let code = message("+8613800138000", "004217");
        let mut notice = code.clone();
        notice.intent = Intent::Notice(Notice::PasswordChanged);
        for (message, gap) in
            [(message("+85251234567", "004217"), Gap::Destination), (notice, Gap::Template)]
        {
            assert_eq!(gateway.covers(&MessageKind::by(&message)), Err(gap));
            let refused = rejection(gateway.send(&message).await);
            assert_eq!(refused.class, Class::UnsupportedDestination);
            assert_eq!(refused.text, gap.to_string(), "and nothing was sent");
        }
        let kind = MessageKind::by(&code);
        assert_eq!(kind.topic, Topic::from(Purpose::Login));
        assert_eq!(gateway.covers(&kind), Ok(()));
        assert!(matches!(gateway.send(&code).await, Outcome::NotSent(_)));
    }
}
