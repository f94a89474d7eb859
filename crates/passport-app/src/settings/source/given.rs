use super::toml::array;

/// A given value.
#[derive(Debug, Clone)]
pub(in crate::settings) struct Given {
    pub(in crate::settings) value: GivenValue,
    pub(in crate::settings) origin: String,
}

/// A text, as environment variables are, or a list.
#[derive(Debug, Clone)]
pub(in crate::settings) enum GivenValue {
    Text(String),
    List(Vec<String>),
}

impl GivenValue {
    /// The value as text; items of a list have commas between.
    pub(in crate::settings) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(","),
        }
    }

    /// The items of a list: those of an array, also of one that is written as text, or what stands
    /// between commas.
    pub(in crate::settings) fn items(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.clone(),
            Self::Text(text) => array(text).unwrap_or_else(|| {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                items.map(str::to_owned).collect()
            }),
        }
    }
}
