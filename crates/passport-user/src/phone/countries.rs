//! What people see of a country: its name, and how its mobile numbers are written.

use std::{collections::HashMap, sync::LazyLock};

use crate::CountryCode;

/// Written by `tools/countries.py`.
const DATA: &str = include_str!("../../data/countries.tsv");

static COUNTRIES: LazyLock<HashMap<CountryCode, Country>> =
    LazyLock::new(|| DATA.lines().skip(1).filter_map(Country::read).collect());

/// A country whose mobile numbers receive messages.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Country {
    /// Code of two letters.
    pub code: CountryCode,
    /// Digits that calls from abroad begin with, such as `86`.
    pub calling_code: &'static str,
    /// Digits that are dialled before a number inside the country, such as `0`; empty if there are none.
    pub trunk_prefix: &'static str,
    /// Numbers of digits of a mobile number, without calling code and trunk prefix.
    pub lengths: Vec<u8>,
    /// A mobile number as people write it inside the country, such as `131 2345 6789`.
    pub example: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Name in simplified Chinese.
    pub name_zh_hans: &'static str,
    /// Name in traditional Chinese.
    pub name_zh_hant: &'static str,
}

impl Country {
    /// The country with this code, if it has mobile numbers.
    pub fn of(code: CountryCode) -> Option<&'static Self> {
        COUNTRIES.get(&code)
    }

    fn read(line: &'static str) -> Option<(CountryCode, Self)> {
        let mut columns = line.split('\t');
        let code: CountryCode = columns.next()?.parse().ok()?;
        let country = Self {
            code,
            calling_code: code.calling_code()?,
            trunk_prefix: columns.next()?,
            lengths: columns.next()?.split(',').filter_map(|it| it.parse().ok()).collect(),
            example: columns.next()?,
            name_en: columns.next()?,
            name_zh_hans: columns.next()?,
            name_zh_hant: columns.next()?,
        };
        Some((code, country))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p4_every_country_with_mobile_numbers_is_described() {
        assert!(COUNTRIES.len() > 230, "{}", COUNTRIES.len());
        assert_eq!(COUNTRIES.len(), DATA.lines().count() - 1);
        for country in COUNTRIES.values() {
            let texts =
                [country.example, country.name_en, country.name_zh_hans, country.name_zh_hant];
            assert!(texts.iter().all(|text| !text.is_empty()), "{country:?}");
            assert!(!country.lengths.is_empty(), "{country:?}");
        }
        let hong_kong = Country::of("HK".parse().unwrap()).unwrap();
        assert_eq!((hong_kong.calling_code, hong_kong.example), ("852", "5123 4567"));
        assert_eq!(hong_kong.lengths, [8]);
        assert_eq!(hong_kong.name_zh_hant, "中國香港特別行政區");
        assert_eq!(Country::of("ZZ".parse().unwrap()), None);
    }
}
