use std::fmt::Write as _;

use crate::message::intent::whole_minutes;
use crate::message::{Intent, Locale, OriginHost, Purpose};

pub(super) fn free_text(intent: &Intent, locale: Locale, origin: Option<&OriginHost>) -> String {
    match intent {
        Intent::Code { purpose, code, valid_for } => {
            let code = code.expose();
            let mut text = sentence(*purpose, locale, code, whole_minutes(*valid_for));
            if let Some(host) = origin {
                // Writing to a `String` cannot fail.
                let _ = write!(text, "\n\n@{host} #{code}");
            }
            text
        }
    }
}

fn sentence(purpose: Purpose, locale: Locale, code: &str, minutes: u64) -> String {
    let act = act(purpose, locale);
    match locale {
        Locale::ZhHans => {
            format!("您正在{act}，验证码 {code}，{minutes} 分钟内有效。请勿告诉任何人。")
        }
        Locale::ZhHant => {
            format!("您正在{act}，驗證碼 {code}，{minutes} 分鐘內有效。請勿告訴任何人。")
        }
        Locale::En => {
            let unit = if minutes == 1 { "minute" } else { "minutes" };
            format!(
                "{code} is your code to {act}. It is valid for {minutes} {unit}. Do not share it with anyone."
            )
        }
    }
}

fn act(purpose: Purpose, locale: Locale) -> &'static str {
    match (purpose, locale) {
        (Purpose::Register, Locale::ZhHans) => "注册账号",
        (Purpose::Register, Locale::ZhHant) => "註冊帳號",
        (Purpose::Register, Locale::En) => "sign up",
        (Purpose::Login, Locale::ZhHans) => "登录",
        (Purpose::Login, Locale::ZhHant) => "登入",
        (Purpose::Login, Locale::En) => "sign in",
        (Purpose::Reset, Locale::ZhHans) => "重置密码",
        (Purpose::Reset, Locale::ZhHant) => "重設密碼",
        (Purpose::Reset, Locale::En) => "reset your password",
        (Purpose::ChangeNumber, Locale::ZhHans) => "更换手机号",
        (Purpose::ChangeNumber, Locale::ZhHant) => "更換手機號碼",
        (Purpose::ChangeNumber, Locale::En) => "change your number",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PURPOSES: [Purpose; 4] =
        [Purpose::Register, Purpose::Login, Purpose::Reset, Purpose::ChangeNumber];

    fn text(purpose: Purpose, locale: Locale, seconds: u64, origin: Option<&str>) -> String {
        let intent = Intent::Code {
            purpose,
            code: "004217".parse().unwrap(),
            valid_for: Duration::from_secs(seconds),
        };
        free_text(&intent, locale, origin.map(|host| host.parse().unwrap()).as_ref())
    }

    #[test]
    fn reads_well() {
        assert_eq!(
            text(Purpose::Register, Locale::ZhHans, 300, None),
            "您正在注册账号，验证码 004217，5 分钟内有效。请勿告诉任何人。"
        );
        assert_eq!(
            text(Purpose::Reset, Locale::ZhHant, 600, None),
            "您正在重設密碼，驗證碼 004217，10 分鐘內有效。請勿告訴任何人。"
        );
        assert_eq!(
            text(Purpose::Login, Locale::En, 60, None),
            "004217 is your code to sign in. It is valid for 1 minute. Do not share it with anyone."
        );
    }

    #[test]
    fn every_text_says_all_and_carries_no_link() {
        for locale in Locale::ALL {
            let share = match locale {
                Locale::ZhHans => "请勿告诉",
                Locale::ZhHant => "請勿告訴",
                Locale::En => "Do not share",
            };
            for purpose in PURPOSES {
                let text = text(purpose, locale, 300, None);
                for part in ["004217", "5 ", share, act(purpose, locale)] {
                    assert!(text.contains(part), "{text}");
                }
                for link in ["://", "www", ".com", "\n"] {
                    assert!(!text.contains(link), "{text}");
                }
            }
        }
    }

    #[test]
    fn ends_with_the_origin_and_the_code() {
        for locale in Locale::ALL {
            let text = text(Purpose::Login, locale, 300, Some("id.example.com"));
            assert_eq!(text.lines().last(), Some("@id.example.com #004217"));
            assert_eq!(text.lines().nth(1), Some(""));
        }
    }

    #[test]
    fn says_whole_minutes() {
        assert!(text(Purpose::Login, Locale::En, 299, None).contains("4 minutes"));
    }
}
