/// The characters of the GSM 7-bit alphabet and of its extension (3GPP TS 23.038, 6.2.1).
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                   ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\
                   \u{c}^{}\\[~]|€";

/// Whether the text fits the default alphabet of phones; other texts are sent as Unicode.
pub(super) fn is_gsm(text: &str) -> bool {
    text.chars().all(|c| GSM.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_complete() {
        // 127 without the escape, and ten in the extension.
        assert_eq!(GSM.chars().collect::<std::collections::BTreeSet<_>>().len(), 127 + 10);
        assert!(is_gsm("004217 is your code.\n\n@id.example.com #004217 [€]"));
        for text in ["验证码", "ç", "`", "\t", "“"] {
            assert!(!is_gsm(text), "{text}");
        }
    }
}
