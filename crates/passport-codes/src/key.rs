use std::fmt;

/// What a code is for, such as `register`. A code for one purpose does not open another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Purpose(&'static str);

impl Purpose {
    /// Names a purpose: lower-case ASCII letters, digits and `_`.
    ///
    /// # Panics
    ///
    /// At compile time when used in a constant, on any other character or an empty name.
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

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Where a code lives: one live code for each purpose and subject.
///
/// The subject is whatever the code is bound to: a phone number, the id of a challenge.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CodeKey {
    purpose: Purpose,
    subject: String,
}

impl CodeKey {
    /// Binds `purpose` and `subject` together.
    pub fn new(purpose: Purpose, subject: impl Into<String>) -> Self {
        Self { purpose, subject: subject.into() }
    }

    /// What the code is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Whom the code is for.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// Shows the purpose only: a subject may be a phone number.
impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeKey({}, …)", self.purpose.0)
    }
}
