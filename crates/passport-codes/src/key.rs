use std::fmt;

/// Purpose of a code, such as `register`. A code is valid for its own purpose only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Purpose(&'static str);

impl Purpose {
    /// Creates a purpose. The name consists of lower-case ASCII letters, digits and `_`.
    ///
    /// # Panics
    ///
    /// The name is empty or contains another character. In a constant this is a compile error.
    pub const fn new(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(!bytes.is_empty(), "a purpose needs a name");
        let mut at = 0;
        while at < bytes.len() {
            assert!(
                matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'_'),
                "a purpose is lower-case letters, digits and `_`"
            );
            at += 1;
        }
        Self(name)
    }

    /// The name of the purpose.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Key of a code in a store: at most one code is valid per purpose and subject.
///
/// The subject identifies what the code is bound to, such as a phone number or the id of a
/// challenge.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CodeKey {
    purpose: Purpose,
    subject: String,
}

impl CodeKey {
    /// Creates a key.
    pub fn new(purpose: Purpose, subject: impl Into<String>) -> Self {
        Self { purpose, subject: subject.into() }
    }

    /// The purpose of the code.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The subject of the code.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// Shows the purpose only, because the subject may be a phone number.
impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeKey({}, …)", self.purpose.0)
    }
}
