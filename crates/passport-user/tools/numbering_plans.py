#!/usr/bin/env python3
"""Writes the mobile numbers of every country, from libphonenumber's data, and a table that judges them.

  crates/passport-user/tools/numbering_plans.py             newest data
  crates/passport-user/tools/numbering_plans.py 9.0.43      that version

Downloads the package `phonenumbers` (a port of libphonenumber with its data) from PyPI and writes

- data/numbering-plans.tsv: country, calling code, leading digits, pattern of mobile numbers. The
  countries of a calling code are in the order in which libphonenumber asks them.
- tests/vectors/mobile-numbers.tsv: numbers, and what `phonenumbers` says about each. The code of
  passport-user has no part in it.
"""
import datetime, pathlib, random, re, re._parser, subprocess, sys, tempfile, zipfile

CRATE = pathlib.Path(__file__).parent.parent
OTHER_TYPES = ["fixed_line", "premium_rate", "toll_free", "shared_cost", "voip", "personal_number",
               "pager", "uan", "voicemail"]


def download(version):
    """The package, and the date of its newest file."""
    folder = tempfile.mkdtemp()
    package = f"phonenumbers=={version}" if version else "phonenumbers"
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder,
                    package], check=True)
    wheel, = pathlib.Path(folder).iterdir()
    sys.path.insert(0, str(wheel))
    date = max(entry.date_time[:3] for entry in zipfile.ZipFile(wheel).infolist())
    import phonenumbers
    return phonenumbers, datetime.date(*date)


def plans(phonenumbers):
    """Country, calling code, leading digits, pattern of mobile numbers, and the other descriptions."""
    for code, countries in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        for country in countries:
            data = phonenumbers.PhoneMetadata.metadata_for_region(country)
            mobile = data and data.mobile and data.mobile.national_number_pattern
            if country != "001":
                yield country, code, data.leading_digits or "", mobile or "", data


def sample(pattern, rng):
    """A text that matches the parsed pattern."""
    text = ""
    for kind, value in pattern:
        match str(kind):
            case "LITERAL":
                text += chr(value)
            case "IN":
                text += rng.choice([c for c in "0123456789" if any(
                    str(k) == "CATEGORY" or str(k) == "LITERAL" and ord(c) == v
                    or str(k) == "RANGE" and v[0] <= ord(c) <= v[1] for k, v in value)])
            case "MAX_REPEAT":
                text += "".join(sample(value[2], rng) for _ in range(rng.randint(*value[:2])))
            case "SUBPATTERN":
                text += sample(value[-1], rng)
            case "BRANCH":
                text += sample(rng.choice(value[1]), rng)
            case other:
                sys.exit(f"the patterns have got a new element, {other}")
    return text


def judge(phonenumbers, text):
    """The country of a mobile number in its only form; None for every other text."""
    types = phonenumbers.PhoneNumberType
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    kind = phonenumbers.number_type(number)
    is_good = (phonenumbers.is_valid_number(number)
               and kind in (types.MOBILE, types.FIXED_LINE_OR_MOBILE)
               and phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == text)
    return phonenumbers.region_code_for_number(number) if is_good else None


def neighbours(code, national, rng):
    """A number, and those that differ by one to three digits at an end, or by a trunk prefix."""
    yield f"+{code}{national}"
    for count in 1, 2, 3:
        for digits in "0" * count, "9" * count, str(rng.randrange(10 ** count)).zfill(count):
            yield f"+{code}{national}{digits}"
        yield f"+{code}{national[:-count]}"
        yield f"+{code}{national[count:]}"
    for trunk in "0", "1", "8", "9", "00", str(code):
        yield f"+{code}{trunk}{national}"


def near(code, national, rng):
    """A number, and one with a digit more."""
    return f"+{code}{national}", f"+{code}{national}{rng.randrange(10)}"


def main():
    phonenumbers, date = download(sys.argv[1] if len(sys.argv) > 1 else None)
    head = f"# libphonenumber {phonenumbers.__version__} of {date}\n"
    rng = random.Random(1)
    table = list(plans(phonenumbers))

    # The table has no other types of numbers, because no mobile number is also of another type.
    for country, code, leading, mobile, data in table:
        for _ in range(2000 if mobile else 0):
            national = sample(re._parser.parse(mobile), rng)
            first = next(c for c, n, lead, pattern, _ in table if n == code and (
                re.match(lead, national) if lead else re.fullmatch(pattern, national)))
            if judge(phonenumbers, f"+{code}{national}") != first:
                sys.exit(f"{country}: +{code}{national} is not only a mobile number of {first}")

    numbers = {}
    for country, code, leading, mobile, data in table:
        kinds = [getattr(data, kind).example_number for kind in OTHER_TYPES if getattr(data, kind)]
        texts = [f"+{code}{trunk}{kind}" for kind in kinds if kind for trunk in ("", "0")]
        if mobile:
            texts += neighbours(code, data.mobile.example_number, rng)
            pattern = re._parser.parse(mobile)
            texts += [text for _ in range(6) for text in near(code, sample(pattern, rng), rng)]
        # Numbers with +86 follow a rule of their own.
        for text in (text for text in texts if code != 86 and 8 <= len(text) <= 16):
            numbers[text] = judge(phonenumbers, text) or "-"

    with open(CRATE / "data/numbering-plans.tsv", "w") as out:
        out.write(head)
        out.writelines("\t".join(map(str, row[:4])) + "\n" for row in table)
    with open(CRATE / "tests/vectors/mobile-numbers.tsv", "w") as out:
        out.write(head)
        for country in sorted(set(numbers.values())):
            out.write(" ".join([country] + sorted(n for n, of in numbers.items() if of == country)) + "\n")
    print(f"{phonenumbers.__version__} of {date}: {len(table)} countries, {len(numbers)} numbers")


main()
