use passport_sms_client::SmsClient;
use passport_sms_gateways::HttpsSettings;

use crate::support::wire::Request;

/// How one gateway speaks.
pub(crate) trait Protocol: Send + Sync + 'static {
    /// The gateway under test, spoken to at `place`.
    fn gateway(&self, place: Place) -> Box<dyn SmsClient>;

    /// What a faultless request asks, or what is wrong with it.
    fn verify(&self, request: &Request, host: &str) -> Result<Call, String>;

    /// The answer to a message that was taken.
    fn accepted(&self) -> String;

    /// The answer to a message that was taken before, where the gateway knows ids.
    fn repeated(&self) -> String {
        self.accepted()
    }

    /// The answer to a question, when these were taken.
    fn listing(&self, _taken: &[Taken]) -> String {
        unreachable!("only asked where a request can ask")
    }

    /// An answer that refuses the number and repeats it and the code.
    fn refusal(&self) -> String;

    /// Whether any 2xx accepts, whatever its body, and any 3xx refuses.
    fn goes_by_status(&self) -> bool {
        false
    }

    /// What must never be logged or told, beside the code, the number and what requests sign.
    fn secrets(&self) -> Vec<String>;
}

/// Where a double is, and how patiently it is spoken to.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// `https://host:port`.
    pub(crate) endpoint: String,
    pub(crate) https: HttpsSettings,
}

/// What a request asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// To send a message.
    Send {
        /// The key against double sending, where the gateway knows one.
        key: Option<String>,
        /// Our label on the message, or the message itself, where the gateway lists it.
        label: String,
        /// What may come once only, where the gateway wants such a thing.
        nonce: Option<String>,
    },
    /// Which messages there are.
    List,
}

/// A message that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) key: Option<String>,
    pub(crate) label: String,
}
