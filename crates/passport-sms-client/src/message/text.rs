use std::fmt::Write as _;

use crate::message::intent::whole_minutes;
use crate::message::{Intent, Locale, Notice, OriginHost, Purpose};

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
        Intent::Notice(notice) => notice_text(*notice, locale).to_owned(),
        Intent::Custom(content) => content.expose_text().to_owned(),
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

/// Notices contain neither links nor numbers to call, because those would teach recipients to
/// follow the ones in fraudulent messages.
fn notice_text(notice: Notice, locale: Locale) -> &'static str {
    match (notice, locale) {
        (Notice::PasswordChanged, Locale::ZhHans) => {
            "您的账号密码已被修改。如非本人操作，请立即重置密码。"
        }
        (Notice::PasswordChanged, Locale::ZhHant) => {
            "您的帳號密碼已被修改。如非本人操作，請立即重設密碼。"
        }
        (Notice::PasswordChanged, Locale::En) => {
            "Your password was changed. If this was not you, reset it at once."
        }
        (Notice::NewSignIn, Locale::ZhHans) => {
            "您的账号在一台新设备上登录。如非本人操作，请立即修改密码。"
        }
        (Notice::NewSignIn, Locale::ZhHant) => {
            "您的帳號在一台新裝置上登入。如非本人操作，請立即修改密碼。"
        }
        (Notice::NewSignIn, Locale::En) => {
            "Your account was signed in to on a new device. If this was not you, change your password at once."
        }
        (Notice::NumberChanged, Locale::ZhHans) => {
            "您的账号已更换手机号，此号码不再有效。如非本人操作，请立即联系客服。"
        }
        (Notice::NumberChanged, Locale::ZhHant) => {
            "您的帳號已更換手機號碼，此號碼不再有效。如非本人操作，請立即聯絡客服。"
        }
        (Notice::NumberChanged, Locale::En) => {
            "Your account now has another number in place of this one. If this was not you, contact support at once."
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn text(purpose: Purpose, locale: Locale, seconds: u64, origin: Option<&str>) -> String {
        let intent = Intent::Code {
            purpose,
            code: "004217".parse().unwrap(),
            valid_for: Duration::from_secs(seconds),
        };
        free_text(&intent, locale, origin.map(|host| host.parse().unwrap()).as_ref())
    }

    #[test]
    fn texts_name_purpose_code_and_minutes() {
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
    fn every_text_is_complete_and_has_no_link() {
        for locale in Locale::ALL {
            let share = match locale {
                Locale::ZhHans => "请勿告诉",
                Locale::ZhHant => "請勿告訴",
                Locale::En => "Do not share",
            };
            for purpose in Purpose::ALL {
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
    fn notices_have_neither_link_nor_digit() {
        for locale in Locale::ALL {
            for notice in Notice::ALL {
                let host = "id.example.com".parse().unwrap();
                let text = free_text(&Intent::Notice(notice), locale, Some(&host));
                assert!(
                    !text.contains(|c: char| c.is_ascii_digit() || "/@#\n".contains(c)),
                    "{text}"
                );
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
    fn states_whole_minutes() {
        assert!(text(Purpose::Login, Locale::En, 299, None).contains("4 minutes"));
    }
}
