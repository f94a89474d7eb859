/// The value of `all` that has the name `text`; the error lists the names.
pub(super) fn one_of<T: Copy>(
    text: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, String> {
    all.iter().copied().find(|it| name(*it) == text).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|it| name(*it)).collect();
        format!("must be {}", names.join(", "))
    })
}
