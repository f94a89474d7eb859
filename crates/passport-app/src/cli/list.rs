use serde::Serialize;
use serde_json::json;

use super::{
    output::{Outcome, print},
    printable::json_document,
};

/// How a command prints a list.
pub(super) struct Listing<View> {
    /// Member of the JSON document that has the list.
    pub(super) member: &'static str,
    /// What is said of an empty list.
    pub(super) none: &'static str,
    /// The list for people.
    pub(super) as_table: fn(&[View]) -> String,
}

impl<View: Serialize> Listing<View> {
    pub(super) fn print(&self, views: &[View], is_json: bool) -> Outcome {
        Ok(print(&if is_json {
            json_document(&json!({ self.member: views }))?
        } else if views.is_empty() {
            self.none.to_owned()
        } else {
            (self.as_table)(views)
        })?)
    }
}
