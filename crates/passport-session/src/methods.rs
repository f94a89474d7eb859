use std::fmt;

/// A kind of proof by which a person signed in, or confirmed a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// A password.
    Password,
    /// A code sent to the phone number.
    Code,
    /// A time-based code of an authenticator app (RFC 6238).
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A passkey that verified the person.
    Passkey,
    /// An operator opened the session.
    Operator,
}

impl Method {
    /// Every method, in the order of their bits.
    pub const ALL: [Self; 6] =
        [Self::Password, Self::Code, Self::Totp, Self::RecoveryCode, Self::Passkey, Self::Operator];

    /// Name of the method in RFC 8176; `None` where that has none.
    pub const fn amr(self) -> Option<&'static str> {
        match self {
            Self::Password => Some("pwd"),
            Self::Code => Some("sms"),
            Self::Totp | Self::RecoveryCode => Some("otp"),
            Self::Passkey => Some("hwk"),
            Self::Operator => None,
        }
    }

    /// Name of the method in events and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery-code",
            Self::Passkey => "passkey",
            Self::Operator => "operator",
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Password => 1,
            Self::Code => 1 << 1,
            Self::Totp => 1 << 2,
            Self::RecoveryCode => 1 << 3,
            Self::Passkey => 1 << 4,
            Self::Operator => 1 << 5,
        }
    }
}

/// A set of [`Method`]s.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Methods(u16);

impl Methods {
    /// The set from its stored form. Bits of unknown methods are dropped, because a newer version may
    /// have written them.
    pub fn from_bits(bits: u16) -> Self {
        Method::ALL.into_iter().filter(|method| bits & method.bit() != 0).collect()
    }

    /// The bits to store.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether `method` is in the set.
    pub const fn contains(self, method: Method) -> bool {
        self.0 & method.bit() != 0
    }

    /// The set together with `method`.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | method.bit())
    }

    /// The methods of the set.
    pub fn iter(self) -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(move |method| self.contains(*method))
    }

    /// Authentication method references (RFC 8176): the names of the methods, and `mfa` if they are
    /// of two kinds, or one that counts as two.
    pub fn amr(self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.iter().filter_map(Method::amr).collect();
        names.dedup();
        let knows = self.contains(Method::Password);
        let has = self.contains(Method::Code)
            || self.contains(Method::Totp)
            || self.contains(Method::RecoveryCode);
        if (knows && has) || self.contains(Method::Passkey) {
            names.push("mfa");
        }
        names
    }
}

impl From<Method> for Methods {
    fn from(method: Method) -> Self {
        Self::default().with(method)
    }
}

impl FromIterator<Method> for Methods {
    fn from_iter<I: IntoIterator<Item = Method>>(methods: I) -> Self {
        methods.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_is_stored_as_a_bit_of_its_own() {
        let all: Methods = Method::ALL.into_iter().collect();
        assert_eq!(all.bits().count_ones(), 6);
        for method in Method::ALL {
            assert_eq!(Methods::from_bits(Methods::from(method).bits()), method.into());
        }
        assert_eq!(Methods::from_bits(u16::MAX), all);
    }

    #[test]
    fn two_kinds_are_multi_factor() {
        let amr = |methods: &[Method]| methods.iter().copied().collect::<Methods>().amr();
        assert_eq!(amr(&[Method::Password]), ["pwd"]);
        assert_eq!(amr(&[Method::Code]), ["sms"]);
        assert_eq!(amr(&[Method::Password, Method::Code]), ["pwd", "sms", "mfa"]);
        assert_eq!(amr(&[Method::Code, Method::Totp]), ["sms", "otp"]);
        assert_eq!(amr(&[Method::Totp, Method::RecoveryCode]), ["otp"]);
        assert_eq!(amr(&[Method::Passkey]), ["hwk", "mfa"]);
    }
}
