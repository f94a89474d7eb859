use passport_sms_client::SmsClient;
use passport_sms_gateways::HttpsSettings;

use crate::support::wire::Request;

/// Protocol of one gateway.
pub(crate) trait Protocol: Send + Sync + 'static {
    /// The gateway under test, which connects to `place`.
    fn gateway(&self, place: Place) -> Box<dyn SmsClient>;

    /// The call of a faultless request, or its fault.
    fn verify(&self, request: &Request, host: &str) -> Result<Call, String>;

    /// The answer to an accepted message.
    fn accepted(&self) -> String;

    /// The answer to a message that was accepted before, if the gateway recognises ids.
    fn repeated(&self) -> String {
        self.accepted()
    }

    /// The answer to a question after these messages were accepted.
    fn listing(&self, _taken: &[Taken]) -> String {
        unreachable!("only asked where a request can ask")
    }

    /// An answer that refuses the number, and repeats it and the code.
    fn refusal(&self) -> String;

    /// Whether any 3xx refuses.
    fn goes_by_status(&self) -> bool {
        false
    }

    /// Secrets that must not be logged or reported, beside the code, the number and signatures.
    fn secrets(&self) -> Vec<String>;
}

/// Address of a double, and the time limits of its client.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// `https://host:port`.
    pub(crate) endpoint: String,
    pub(crate) https: HttpsSettings,
}

/// Call of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// Sends a message.
    Send {
        /// Idempotency key, if the gateway has one.
        key: Option<String>,
        /// Our label on the message, or the message itself if the gateway lists it.
        label: String,
        /// Value that may occur only once, if the gateway requires one.
        nonce: Option<String>,
    },
    /// Lists the messages.
    List,
}

/// An accepted message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) key: Option<String>,
    pub(crate) label: String,
}
