//! Texts of the pages, per language.

/// Texts that the walks look for.
pub(super) struct Words {
    pub(super) tag: &'static str,
    /// Value of `Accept-Language`.
    pub(super) languages: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) picture_wrong: &'static str,
    /// A word of the message with a code.
    pub(super) message: &'static str,
}

pub(super) const ENGLISH: Words = Words {
    tag: "en",
    languages: "en-US,en",
    sign_in: "Sign in",
    picture_wrong: "The characters did not match. Here is a new picture.",
    message: "code",
};

pub(super) const SIMPLIFIED: Words = Words {
    tag: "zh-Hans",
    languages: "zh-CN,zh",
    sign_in: "登录",
    picture_wrong: "字符不一致，已换新图片。",
    message: "验证码",
};

pub(super) const TRADITIONAL: Words = Words {
    tag: "zh-Hant",
    languages: "zh-TW,zh",
    sign_in: "登入",
    picture_wrong: "字元不一致，已換新圖片。",
    message: "驗證碼",
};

pub(super) const ALL: [&Words; 3] = [&ENGLISH, &SIMPLIFIED, &TRADITIONAL];
