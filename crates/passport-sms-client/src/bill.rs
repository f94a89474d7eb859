use std::fmt;
use std::str::FromStr;

/// What a gateway charges for a message, as far as it tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bill {
    /// Price of the message. Some gateways only estimate it at first.
    pub price: Option<Price>,
    /// Number of messages that are charged: a long text is sent in several parts.
    pub parts: Option<u32>,
}

/// An amount in a currency: a whole number of thousandths of its smallest unit, so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Price {
    thousandths: i64,
    currency: Currency,
}

/// A currency by its ISO 4217 code, such as `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// Currencies without and with thousandths as their smallest unit (ISO 4217); all others have hundredths.
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF",
];
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Bill {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { price: None, parts: None };

    /// With that price, if it is known.
    #[must_use]
    pub const fn with_price(self, price: Option<Price>) -> Self {
        Self { price, ..self }
    }

    /// With that number of parts, if it is known.
    #[must_use]
    pub const fn with_parts(self, parts: Option<u32>) -> Self {
        Self { parts, ..self }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::UNKNOWN
    }
}

impl Price {
    /// A price in thousandths of the smallest unit; none if it is negative.
    #[must_use]
    pub fn new(thousandths: i64, currency: Currency) -> Option<Self> {
        (thousandths >= 0).then_some(Self { thousandths, currency })
    }

    /// Reads a decimal number such as `0.0333`, as gateways write it. A sign is ignored, because some of
    /// them write a charge as a negative number. What is less than a thousandth is rounded up.
    #[must_use]
    pub fn parse(decimal: &str, currency: &str) -> Option<Self> {
        let currency: Currency = currency.parse().ok()?;
        let digits = decimal.trim().trim_start_matches(['-', '+']);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_fit = !(whole.is_empty() && fraction.is_empty())
            && is_number(whole)
            && is_number(fraction)
            && digits.len() <= 32;
        if !is_fit {
            return None;
        }
        let places = currency.places() + 3;
        let (kept, cut) = fraction.split_at(fraction.len().min(places));
        let text = format!("{whole}{kept:0<places$}");
        let rest = i64::from(cut.bytes().any(|byte| byte != b'0'));
        Self::new(text.parse::<i64>().ok()?.checked_add(rest)?, currency)
    }

    /// Thousandths of the smallest unit.
    #[must_use]
    pub fn thousandths(self) -> i64 {
        self.thousandths
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum with a price in the same currency; none in another one, or if it is too large.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = self.thousandths.checked_add(other.thousandths)?;
        (self.currency == other.currency).then_some(Self { thousandths: sum, ..self })
    }
}

/// A decimal number and the currency: `0.0333 EUR`.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.currency.places() + 3;
        let digits = format!("{:0>width$}", self.thousandths, width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let fraction = fraction.trim_end_matches('0');
        let shown = format!("{fraction:0<width$}", width = self.currency.places());
        let point = if shown.is_empty() { "" } else { "." };
        write!(f, "{whole}{point}{shown} {}", self.currency)
    }
}

impl Currency {
    /// Digits of the smallest unit after the decimal point.
    fn places(self) -> usize {
        match self.as_str() {
            code if WHOLE.contains(&code) => 0,
            code if THOUSANDTHS.contains(&code) => 3,
            _ => 2,
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // It consists of ASCII letters.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = ParseCurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes: [u8; 3] = text.trim().as_bytes().try_into().map_err(|_| ParseCurrencyError)?;
        if bytes.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(bytes.map(|byte| byte.to_ascii_uppercase())))
        } else {
            Err(ParseCurrencyError)
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({self})")
    }
}

/// The text is not the code of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("currency is not three letters, such as EUR")]
pub struct ParseCurrencyError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l4_prices_are_whole_thousandths_of_the_smallest_unit() {
        for (text, currency, thousandths, shown) in [
            ("0.03330000", "EUR", 3_330, "0.0333 EUR"),
            ("-0.00750", "USD", 750, "0.0075 USD"),
            ("0.0075001", "usd", 751, "0.00751 USD"),
            ("1", "CNY", 100_000, "1.00 CNY"),
            ("12.5", "EUR", 1_250_000, "12.50 EUR"),
            (".05", "EUR", 5_000, "0.05 EUR"),
            ("0.000001", "EUR", 1, "0.00001 EUR"),
            ("0", "EUR", 0, "0.00 EUR"),
            ("11", "JPY", 11_000, "11 JPY"),
            ("11.5", "JPY", 11_500, "11.5 JPY"),
            ("0.0105", "KWD", 10_500, "0.0105 KWD"),
        ] {
            let price = Price::parse(text, currency).unwrap();
            assert_eq!((price.thousandths(), price.to_string().as_str()), (thousandths, shown));
        }
    }

    #[test]
    fn other_texts_are_no_prices() {
        for (text, currency) in [
            ("", "EUR"),
            (".", "EUR"),
            ("-", "EUR"),
            ("1e3", "EUR"),
            ("1,5", "EUR"),
            ("NaN", "EUR"),
            ("1.2.3", "EUR"),
            ("99999999999999999999", "EUR"),
            ("0.05", ""),
            ("0.05", "EURO"),
            ("0.05", "E1R"),
            ("0.05", "€"),
        ] {
            assert_eq!(Price::parse(text, currency), None, "{text} {currency}");
        }
    }

    #[test]
    fn only_one_currency_is_summed() {
        let price = |text, currency| Price::parse(text, currency).unwrap();
        let sum = price("0.1", "EUR").checked_add(price("0.2", "EUR"));
        assert_eq!(sum, Some(price("0.3", "EUR")));
        assert_eq!(price("0.1", "EUR").checked_add(price("0.1", "USD")), None);
        let most = Price::new(i64::MAX, "EUR".parse().unwrap()).unwrap();
        assert_eq!(most.checked_add(price("0.1", "EUR")), None);
    }
}
