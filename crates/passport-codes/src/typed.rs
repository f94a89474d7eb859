/// A code as a person typed or pasted it, without what keyboards and apps add: white space and invisible
/// characters anywhere, and full-width forms of ASCII characters.
///
/// No code contains such characters, so nothing is lost. Case stays as it is.
pub fn tidy(typed: &str) -> String {
    let seen = typed.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c));
    seen.map(half_width).collect()
}

/// Soft hyphens, zero-width spaces and joiners, direction marks and the byte order mark.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// U+FF01 to U+FF5E are the full-width forms of ASCII `!` to `~`, in the same order.
fn half_width(character: char) -> char {
    match u32::from(character) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w9_what_is_no_part_of_a_code_is_taken_off() {
        for typed in [
            "012345",
            " 012345",
            "012345 ",
            "012 345",
            "012345\r\n",
            "\t012345\u{b}",
            "0 1 2 3 4 5",
            "\u{3000}012\u{a0}345\u{2009}",
            "\u{200e}012345\u{202c}",
            "\u{2066}012345\u{2069}",
            "\u{feff}012\u{ad}345\u{200b}",
            "０１２３４５",
            "０１２ 345",
        ] {
            assert_eq!(tidy(typed), "012345", "{typed:?}");
        }
        assert_eq!(tidy("ａｂ Cd"), "abCd", "case stays");
        assert_eq!(tidy(" \u{200b}\u{3000}"), "");
        assert_eq!(tidy("012-345\0é"), "012-345\0é", "other characters are a wrong code");
    }
}
