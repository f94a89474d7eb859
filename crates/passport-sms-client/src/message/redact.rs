use crate::message::{Intent, Message};

const LENGTH: usize = 200;
const MASK: &str = "***";

impl Message {
    /// Text of a gateway, safe for logs: without the code and the number of this message, on one
    /// line and of limited length.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let digits = self.to.as_str().trim_start_matches('+');
        let mut redacted = text.replace(digits, MASK);
        if let Some(mainland) = self.to.mainland() {
            redacted = redacted.replace(mainland, MASK);
        }
        if let Some(code) = self.intent.code() {
            redacted = redacted.replace(code.expose(), MASK);
        }
        if let Intent::Custom(content) = &self.intent {
            for secret in content.secrets() {
                redacted = redacted.replace(secret, MASK);
            }
        }
        redacted.chars().take(LENGTH).map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use crate::message::{Custom, Intent, Locale, Message, Purpose};

    #[test]
    fn secrets_are_masked_and_the_text_is_one_line() {
        let message = Message {
            id: Uuid::nil(),
            to: "+8613800138000".parse().unwrap(),
            intent: Intent::Code {
                purpose: Purpose::Login,
                code: "004217".parse().unwrap(),
                valid_for: Duration::from_mins(5),
            },
            locale: Locale::En,
        };
        assert_eq!(
            message.redact("no 004217\nto 13800138000 or +8613800138000, 0086 too"),
            "no *** to *** or +***, 0086 too"
        );
        assert_eq!(message.redact(&"号".repeat(1000)).chars().count(), 200);
    }

    #[test]
    fn l4_words_of_the_application_are_masked() {
        let content = Custom::new("order", "Dear Ada, your PIN is 9T42, room 7.").unwrap();
        let message = Message {
            id: Uuid::nil(),
            to: "+447700900123".parse().unwrap(),
            intent: Intent::Custom(content.with("name", "Ada Byron").unwrap()),
            locale: Locale::En,
        };
        assert_eq!(
            message.redact("refused 9T42 for Ada Byron at 447700900123: room 7"),
            "refused *** for *** at ***: room 7"
        );
    }
}
