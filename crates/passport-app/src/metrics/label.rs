/// Label of a country that is not among those of the settings, and of a route that is none.
pub(super) const OTHER: &str = "other";
