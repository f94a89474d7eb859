/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    Healthz,
    ImageCode,
    Challenge,
    SignedOut,
    WhoAmI,
    WhoAmIRedis,
    ForwardAuth,
    Devices,
    SmsCode,
    SmsCodeHttps,
    CodeKnown,
    CodeNew,
    SignIn,
    WhoAmIUnderSignIns,
    ImageUnderSignIns,
    SignInUnderFlood,
    ImageWhileHanging,
    WhoAmITwo,
    SmsCodeTwo,
    WhoAmILarge,
    WhoAmIRedisLarge,
    ForwardAuthLarge,
    SmsCodeLarge,
    CodeKnownLarge,
}

impl Row {
    /// In the order of the table.
    pub(crate) const ALL: [Self; 24] = [
        Self::Healthz,
        Self::ImageCode,
        Self::Challenge,
        Self::SignedOut,
        Self::WhoAmI,
        Self::WhoAmIRedis,
        Self::ForwardAuth,
        Self::Devices,
        Self::SmsCode,
        Self::SmsCodeHttps,
        Self::CodeKnown,
        Self::CodeNew,
        Self::SignIn,
        Self::WhoAmIUnderSignIns,
        Self::ImageUnderSignIns,
        Self::SignInUnderFlood,
        Self::ImageWhileHanging,
        Self::WhoAmITwo,
        Self::SmsCodeTwo,
        Self::WhoAmILarge,
        Self::WhoAmIRedisLarge,
        Self::ForwardAuthLarge,
        Self::SmsCodeLarge,
        Self::CodeKnownLarge,
    ];

    /// As the table has it, and as `--only` finds it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Healthz => "`GET /healthz`",
            Self::ImageCode => "`image_code`, a picture each",
            Self::Challenge => "`POST /api/v1/challenges`",
            Self::SignedOut => "who am I, signed out",
            Self::WhoAmI => "who am I",
            Self::WhoAmIRedis => "who am I, sessions in Redis",
            Self::ForwardAuth => "forward-auth",
            Self::Devices => "list of devices",
            Self::SmsCode => "`sms_code`",
            Self::SmsCodeHttps => "`sms_code` through an HTTPS gateway",
            Self::CodeKnown => "sign-in by code, known number",
            Self::CodeNew => "sign-in by code, new number",
            Self::SignIn => "sign-in by password, both cores",
            Self::WhoAmIUnderSignIns => "who am I, 8 clients, while sign-ins take both cores",
            Self::ImageUnderSignIns => "`image_code`, one client, while sign-ins take both cores",
            Self::SignInUnderFlood => "sign-in by password, while 32 clients ask who am I",
            Self::ImageWhileHanging => "`image_code`, 4 clients, while the gateway hangs",
            Self::WhoAmITwo => "who am I, two workers on two cores",
            Self::SmsCodeTwo => "`sms_code`, two workers on two cores",
            Self::WhoAmILarge => "who am I, 1,000,000 users",
            Self::WhoAmIRedisLarge => "who am I, sessions in Redis, 1,000,000 users",
            Self::ForwardAuthLarge => "forward-auth, 1,000,000 users",
            Self::SmsCodeLarge => "`sms_code`, 1,000,000 messages kept",
            Self::CodeKnownLarge => "sign-in by code, 1,000,000 users",
        }
    }

    /// Whether the row needs the large tables.
    pub(crate) fn is_large(self) -> bool {
        matches!(
            self,
            Self::WhoAmILarge
                | Self::WhoAmIRedisLarge
                | Self::ForwardAuthLarge
                | Self::SmsCodeLarge
                | Self::CodeKnownLarge
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_different_names() {
        for row in Row::ALL {
            assert_eq!(Row::ALL.iter().filter(|other| other.name() == row.name()).count(), 1);
        }
    }
}
