/// A key as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Dotted key, such as `http.listen`.
    pub key: String,
    /// Value, masked if it is secret.
    pub value: ShownValue,
    /// Origin: an environment variable, a file, or `default`.
    pub origin: String,
}

/// A value as `passport config show` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownValue {
    /// The text of the value.
    Plain(String),
    /// A secret that is set.
    Masked,
    /// No value.
    Unset,
}
