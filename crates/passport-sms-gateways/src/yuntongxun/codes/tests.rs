use super::*;

/// The documented table once more, so that a slip in one of the two shows.
const DOCUMENTED: &[(Class, &str)] = &[
    (BadRecipient, "160042 160013 160044 112306 112316 112319 112328"),
    (RecipientBlocked, "160034 112317 160051 160068 160072 160073 160074"),
    (UnsupportedDestination, "160058 160061 160062 160070"),
    (RecipientThrottled, "160038 160015 160039 160040 160041 160022 112314 160021 160056"),
    (AccountThrottled, "111111 160016 161006"),
    (Content, "160011 160018 160033 160046 160049 161007"),
    (Config, "111100-111110 111113 161100-161108 111115 160053 111128-111143 111169-111182"),
    (Config, "112303 112305 112310 111212 113302 160014 161002 160012 160019 161005"),
    (Config, "160032 112311 112313 112315 112318 112323 160036 160043 160057 160052 112308 160069"),
    (BadRequest, "160030 160031 160055 160065 160066 160067 160017 160045 160048 112307"),
    (Transient, "160000 160001-160010 160050 160063 160064 112326 161000 161001 161003 161004"),
    (Transient, "161008-161012 161020 111000-111099"),
];

fn expand(codes: &str) -> impl Iterator<Item = u32> {
    codes.split(' ').flat_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        first.parse().unwrap()..=last.parse().unwrap()
    })
}

#[test]
fn every_documented_code_has_its_class() {
    for (class, codes) in DOCUMENTED {
        for code in expand(codes) {
            let verdict = verdict(&format!("{code:06}"));
            assert!(
                matches!(verdict, Verdict::Rejected(c, ..) if c == *class),
                "{code}: {verdict:?}"
            );
        }
    }
}

#[test]
fn s1_only_the_account_is_about_every_message() {
    for (wanted, codes) in [
        (Account, "111100-111110 111113 161100-161108 111115 160053 111128-111141 111143"),
        (Account, "111169-111182 111111"),
        (Region, "111142 160014 161002 160012 161005 160016 161006 160058 160061 160062"),
        (Number, "113302 112310 160070 160038 160040 160042 160034"),
        (Scope::Template, "160019 160032 112311 160052 112308 112303 111212"),
        (Scope::Message, "160030 160011 160050"),
    ] {
        for code in expand(codes) {
            let verdict = verdict(&format!("{code:06}"));
            let Verdict::Rejected(_, scope, _) = verdict else { panic!("{code}: {verdict:?}") };
            assert_eq!(scope, wanted, "{code}");
        }
    }
}

#[test]
fn other_codes_are_unknown() {
    let documented: Vec<u32> = DOCUMENTED.iter().flat_map(|(_, codes)| expand(codes)).collect();
    for code in (1..1_000).chain(100_000..180_000) {
        let listed = match verdict(&format!("{code:06}")) {
            Verdict::Accepted => false,
            Verdict::Duplicate => code == 160_054,
            Verdict::Undecided => (161_021..=161_024).contains(&code) || code / 1000 == 172,
            Verdict::UNLISTED => !documented.contains(&code),
            Verdict::Rejected(..) => documented.contains(&code),
        };
        assert!(listed, "{code}");
    }
}

#[test]
fn rows_do_not_overlap() {
    let mut rows: Vec<_> = TABLE.iter().map(|(codes, _)| codes).collect();
    rows.sort_by_key(|codes| *codes.start());
    for pair in rows.windows(2) {
        assert!(pair[0].end() < pair[1].start(), "{pair:?}");
    }
}

#[test]
fn codes_are_compared_as_text() {
    assert_eq!(verdict("000000"), Verdict::Accepted);
    assert_eq!(verdict("160054"), Verdict::Duplicate);
    assert_eq!(verdict("161022"), Verdict::Undecided);
    assert_eq!(verdict("172001"), Verdict::Undecided);
    for code in ["", "0", "00000", "0000000", " 000000", "+00000", "000000\n", "１６００５４"]
    {
        assert_eq!(verdict(code), Verdict::UNLISTED, "{code:?}");
    }
}

#[test]
fn only_throttles_have_an_end() {
    for (_, verdict) in TABLE {
        if let Verdict::Rejected(class, _, wait) = verdict {
            let throttle = matches!(class, RecipientThrottled | AccountThrottled);
            assert!(throttle || *wait == Wait::Unspecified, "{class:?}");
        }
    }
}
