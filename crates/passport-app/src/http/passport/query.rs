use uuid::Uuid;

/// The UUID of the parameter `name`. Also taken with a space after the name and one before the
/// value, because the tutorial prints the URL so and pages were written after it.
pub(super) fn id(query: &str, name: &str) -> Option<Uuid> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(key, _)| key.trim_end() == name)?;
    value.trim_start().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tutorials_spaces_are_taken() {
        let uuid = "9b2d3a54-6f1e-4c57-8a8e-0d1c2b3a4f5e";
        let wanted = uuid.parse().unwrap();
        for query in [
            format!("cur_id={uuid}"),
            format!("cur_id%20={uuid}&pre_id="),
            format!("pre_id=&cur_id+=%20{uuid}"),
        ] {
            assert_eq!(id(&query, "cur_id"), Some(wanted), "{query}");
        }
        for query in ["", "cur_id", "cur_id=", "cur_id=1", "xcur_id=", "%ff=%ff"] {
            assert_eq!(id(query, "cur_id"), None, "{query}");
        }
        assert_eq!(id(&format!("cur_id={}", "9".repeat(3_000)), "cur_id"), None);
    }
}
