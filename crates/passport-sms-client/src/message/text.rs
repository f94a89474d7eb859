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
        (Purpose::Confirm, Locale::ZhHans) => "确认账号的敏感操作",
        (Purpose::Confirm, Locale::ZhHant) => "確認帳號的敏感操作",
        (Purpose::Confirm, Locale::En) => "confirm a sensitive action in your account",
    }
}

/// Notices contain neither links nor numbers to call, because those would teach recipients to
/// follow the ones in fraudulent messages. They name the page of the service instead.
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
            "您的账号已更换手机号，此号码不再有效。如非本人操作，请在 24 小时内打开登录页，选择“不是我更换的号码”，即可撤销。"
        }
        (Notice::NumberChanged, Locale::ZhHant) => {
            "您的帳號已更換手機號碼，此號碼不再有效。如非本人操作，請在 24 小時內開啟登入頁，選擇「不是我更換的號碼」，即可復原。"
        }
        (Notice::NumberChanged, Locale::En) => {
            "Your account now has another number in place of this one. If this was not you, open the sign-in page within 24 hours and choose \"I did not change my number\" to undo it."
        }
        (Notice::NumberUndone, Locale::ZhHans) => {
            "您的账号已换回此手机号，原密码已被清除。请重置密码。"
        }
        (Notice::NumberUndone, Locale::ZhHant) => {
            "您的帳號已換回此手機號碼，原密碼已被清除。請重設密碼。"
        }
        (Notice::NumberUndone, Locale::En) => {
            "The change of your number was undone, and this number is yours again. Your password was removed: reset it now."
        }
        (Notice::AccountLeaving, Locale::ZhHans) => {
            "您的账号已申请注销，到期后将被删除。在此之前登录即可撤销。如非本人操作，请立即登录撤销并修改密码。"
        }
        (Notice::AccountLeaving, Locale::ZhHant) => {
            "您的帳號已申請註銷，到期後將被刪除。在此之前登入即可復原。如非本人操作，請立即登入復原並修改密碼。"
        }
        (Notice::AccountLeaving, Locale::En) => {
            "Your account is going to be deleted. Until then you can sign in and withdraw that. If this was not you, withdraw it and change your password at once."
        }
        (Notice::SecondFactorChanged, Locale::ZhHans) => {
            "您的账号的两步验证设置已被修改。如非本人操作，请立即修改密码并检查两步验证设置。"
        }
        (Notice::SecondFactorChanged, Locale::ZhHant) => {
            "您的帳號的兩步驟驗證設定已被修改。如非本人操作，請立即修改密碼並檢查兩步驟驗證設定。"
        }
        (Notice::SecondFactorChanged, Locale::En) => {
            "The two-step verification of your account was changed. If this was not you, change your password and check these settings at once."
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::message::Topic;

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
    fn otp_12_every_text_is_complete_and_has_no_link() {
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

    fn notice(notice: Notice, locale: Locale) -> String {
        let host = "id.example.com".parse().unwrap();
        free_text(&Intent::Notice(notice), locale, Some(&host))
    }

    #[test]
    fn otp_12_notices_have_neither_link_nor_number_to_call() {
        for locale in Locale::ALL {
            for topic in Notice::ALL {
                let text = notice(topic, locale);
                assert!(!text.contains(|c: char| "/@#\n".contains(c)), "{text}");
                assert!(!text.contains("www") && !text.contains(".com"), "{text}");
                // The only number is that of the hours to undo a change.
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                let hours = if topic == Notice::NumberChanged { "24" } else { "" };
                assert_eq!(digits, hours, "{text}");
            }
        }
    }

    #[test]
    fn otp_12_notices_name_the_way_back_without_a_link() {
        for (topic, words) in [
            (
                Notice::NumberChanged,
                [
                    "24 小时内打开登录页，选择“不是我更换的号码”",
                    "24 小時內開啟登入頁，選擇「不是我更換的號碼」",
                    "sign-in page within 24 hours and choose \"I did not change my number\"",
                ],
            ),
            (
                Notice::NumberUndone,
                [
                    "密码已被清除。请重置密码",
                    "密碼已被清除。請重設密碼",
                    "password was removed: reset it",
                ],
            ),
            (
                Notice::AccountLeaving,
                ["在此之前登录即可撤销", "在此之前登入即可復原", "Until then you can sign in"],
            ),
            (
                Notice::SecondFactorChanged,
                ["检查两步验证", "檢查兩步驟驗證", "check these settings"],
            ),
        ] {
            for (locale, words) in Locale::ALL.into_iter().zip(words) {
                let text = notice(topic, locale);
                assert!(text.contains(words), "{text}");
            }
        }
    }

    #[test]
    fn no_two_topics_have_the_same_text() {
        for locale in Locale::ALL {
            let codes = Purpose::ALL.into_iter().map(|it| text(it, locale, 300, None));
            let notices = Notice::ALL.into_iter().map(|it| notice(it, locale));
            let texts: Vec<_> = codes.chain(notices).collect();
            let distinct: std::collections::BTreeSet<_> = texts.iter().collect();
            assert_eq!(distinct.len(), Topic::all().count(), "{texts:?}");
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
