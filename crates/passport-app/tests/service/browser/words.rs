//! What the pages must say, in each language.

/// Texts that the walks look for.
pub(super) struct Words {
    pub(super) tag: &'static str,
    /// As in `Accept-Language`.
    pub(super) languages: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) sign_in_lead: &'static str,
    pub(super) create_account: &'static str,
    pub(super) picture_label: &'static str,
    pub(super) picture_wrong: &'static str,
    pub(super) send: &'static str,
    /// What stands before and behind the seconds on the button.
    pub(super) countdown: (&'static str, &'static str),
    /// What stands before and behind the number.
    pub(super) sent: (&'static str, &'static str),
    pub(super) inbox: &'static str,
    pub(super) password_rule: &'static str,
    pub(super) password_weak: &'static str,
    pub(super) signed_in_as: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) credentials_wrong: &'static str,
    pub(super) taken: &'static str,
    pub(super) taken_link: &'static str,
    /// The switch names the language that it leads to.
    pub(super) other_language: &'static str,
}

pub(super) const ENGLISH: Words = Words {
    tag: "en",
    languages: "en-US,en",
    sign_in: "Sign in",
    sign_in_lead: "Use your mobile number and password.",
    create_account: "Create your account",
    picture_label: "Characters in the picture",
    picture_wrong: "The characters did not match. Here is a new picture.",
    send: "Send code",
    countdown: ("Again in ", " s"),
    sent: ("Code sent to ", ". Type it here within 5 minutes."),
    inbox: "Development inbox",
    password_rule: "8 to 128 characters",
    password_weak: "Choose another password: 8 to 128 characters, not a common one, not your number.",
    signed_in_as: "Signed in as",
    sign_out: "Sign out",
    credentials_wrong: "The number or the password is wrong.",
    taken: "This number already has an account.",
    taken_link: "Sign in instead",
    other_language: "简体中文",
};

pub(super) const CHINESE: Words = Words {
    tag: "zh-Hans",
    languages: "zh-CN,zh",
    sign_in: "登录",
    sign_in_lead: "请输入手机号和密码。",
    create_account: "注册账号",
    picture_label: "图片验证码",
    picture_wrong: "图片验证码错误",
    send: "获取验证码",
    countdown: ("", " 秒后重发"),
    sent: ("验证码已发送到 ", "，5 分钟内有效。"),
    inbox: "开发收件箱",
    password_rule: "8 到 128 个字符",
    password_weak: "密码过于常见，请换一个",
    signed_in_as: "当前登录",
    sign_out: "退出登录",
    credentials_wrong: "手机号或密码错误",
    taken: "该手机号已注册",
    taken_link: "去登录",
    other_language: "English",
};
