#!/usr/bin/env python3
"""Writes what pages show of each country with mobile numbers, from the data of libphonenumber and CLDR.

  pip install phonenumbers==9.0.43 babel==2.19.0
  crates/passport-user/tools/countries.py

Take the version of `phonenumbers` that the first line of data/numbering-plans.tsv names.

- data/countries.tsv: country, trunk prefix (the digits that are dialled before a number inside the
  country), lengths of mobile numbers, example of a mobile number as people write it inside the country, and
  the name in English, simplified and traditional Chinese.
"""
import pathlib, re

import babel
import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

DATA = pathlib.Path(__file__).parent.parent / "data"
LANGUAGES = [babel.Locale.parse(tag).territories for tag in ("en", "zh_Hans", "zh_Hant")]


def digits(text):
    return re.sub(r"\D", "", text)


def example(number, trunk):
    """The form inside the country, unless it has digits that are neither of the number nor the trunk prefix."""
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    significant = phonenumbers.national_significant_number(number)
    if digits(national) in (significant, trunk + significant):
        return national
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return international.removeprefix(f"+{number.country_code}").strip()


def main():
    head, *rows = (DATA / "numbering-plans.tsv").read_text().splitlines()
    if f" {phonenumbers.__version__} " not in head:
        raise SystemExit(f"phonenumbers is {phonenumbers.__version__}, but the plans are: {head}")
    with open(DATA / "countries.tsv", "w", encoding="utf-8") as out:
        out.write(f"# libphonenumber {phonenumbers.__version__}, CLDR of Babel {babel.__version__}\n")
        for country, _, _, mobile in (row.split("\t") for row in rows):
            number = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
            if not mobile or number is None:
                continue
            data = PhoneMetadata.metadata_for_region(country)
            trunk = data.national_prefix or ""
            lengths = ",".join(map(str, data.mobile.possible_length or data.general_desc.possible_length))
            names = [names[country] for names in LANGUAGES]
            out.write("\t".join([country, trunk, lengths, example(number, trunk), *names]) + "\n")


main()
