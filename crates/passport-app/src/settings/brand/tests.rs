use std::fs;

use passport_auth::Locale;
use tempfile::TempDir;

use super::*;
use crate::settings::Settings;

fn read(pairs: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    Settings::from_pairs(pairs.iter().copied())
        .map_err(|error| error.faults.iter().map(ToString::to_string).collect())
}

fn brand(pairs: &[(&str, &str)]) -> BrandSettings {
    read(pairs).unwrap().brand
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

#[test]
fn p9_without_settings_there_is_only_a_name() {
    let brand = brand(&[]);
    assert_eq!(brand.name.of(Locale::ZhHant).map(String::as_str), Some("Passport"));
    assert!(brand.logo.is_none() && brand.accent.is_none() && brand.accent_dark.is_none());
    assert!(brand.terms.is_none() && brand.privacy.is_none() && !brand.require_consent);
    assert!(brand.filing.is_none() && brand.support_url.is_none());
}

#[test]
fn p9_a_name_is_one_text_or_a_table_by_language() {
    let name = |pairs: &[(&str, &str)]| {
        let name = brand(pairs).name;
        Locale::ALL.map(|locale| name.of(locale).cloned().unwrap()).join("|")
    };
    assert_eq!(name(&[("brand.name", "Acme")]), "Acme|Acme|Acme");
    let table = [("brand.name.zh-Hans", "艾克米"), ("brand.name.en", "Acme")];
    assert_eq!(name(&table), "艾克米|艾克米|Acme");
    // As variables have it.
    assert_eq!(name(&[("brand.name.zh_hant", "艾克米")]), "艾克米|艾克米|艾克米");
    assert_eq!(name(&[("brand.name", "Acme"), ("brand.name.zh-hans", "艾")]), "艾|艾|Acme");
    let long = "a".repeat(41);
    for (key, value, says) in [
        ("brand.name", "", "a line of 1 to 40 characters"),
        ("brand.name", long.as_str(), "a line of 1 to 40 characters"),
        ("brand.name", "a\nb", "a line of 1 to 40 characters"),
        ("brand.name.en", " Acme", "a line of 1 to 40 characters"),
        ("brand.name.fr", "Acme", "is no language: write zh-Hans, zh-Hant or en"),
    ] {
        let faults = read(&[(key, value)]).unwrap_err();
        let [fault] = &faults[..] else { panic!("{key} {value}: {faults:?}") };
        assert!(fault.starts_with(key) && fault.contains(says), "{fault}");
    }
}

#[test]
fn p9_colours_are_read_and_checked_at_the_start() {
    let brand = self::brand(&[("brand.accent", "#1A4FA3")]);
    assert_eq!(brand.accent.unwrap().accent.to_string(), "#1a4fa3");
    assert!(brand.accent_dark.is_some(), "derived");
    let brand = self::brand(&[("brand.accent_dark", "#9cc3ff")]);
    assert!(brand.accent.is_none());
    assert_eq!(brand.accent_dark.unwrap().accent.to_string(), "#9cc3ff");
    let faults =
        read(&[("brand.accent", "#4a90d9"), ("brand.accent_dark", "#0f6b63")]).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("brand.accent is \"#4a90d9\" (given), but its contrast"),
        "{faults:?}"
    );
    assert!(faults[1].starts_with("brand.accent_dark is \"#0f6b63\" (given), but"), "{faults:?}");
    let said = "brand.accent is \"teal\" (given), but must be a colour of 6 hexadecimal digits, such as #0f6b63";
    assert_eq!(read(&[("brand.accent", "teal")]).unwrap_err(), [said]);
}

#[test]
fn p9_files_of_the_folder_are_read() {
    let folder = folder(&[
        ("logo.svg", b"<svg viewBox='0 0 120 24'></svg>"),
        ("logo-dark.png", b"\x89PNG\r\n\x1a\n"),
        ("terms.en.md", b"# Terms\nBe kind."),
        ("terms.zh-Hans.txt", "请友善。".as_bytes()),
        ("privacy.md", b"We keep little."),
        (".DS_Store", b"\0"),
        ("logo.svg~", b"old"),
        ("read me", b"old"),
    ]);
    let path = folder.path().to_str().unwrap();
    let settings = read(&[("brand.folder", path), ("brand.terms_version", "2026-11-29")]).unwrap();
    let [warning] = &settings.warnings[..] else { panic!("{:?}", settings.warnings) };
    assert!(warning.text.contains("whose read me are not used"), "{warning}");
    let BrandSettings { logo, logo_dark, terms, privacy, .. } = settings.brand;
    assert_eq!(logo.unwrap().size(), Some((120, 24)));
    assert_eq!(logo_dark.unwrap().kind(), ImageKind::Png);
    let (Some(Legal::Text(terms)), Some(Legal::Text(privacy))) = (terms, privacy) else { panic!() };
    let found = |texts: &ByLanguage<LegalText>, locale| {
        let (language, text) = texts.find(locale).unwrap();
        (language, text.title().map(str::to_owned), text.html().to_owned())
    };
    let english = (Some(Locale::En), Some("Terms".to_owned()), "<p>Be kind.</p>\n".to_owned());
    assert_eq!(found(&terms, Locale::En), english);
    let chinese = (Some(Locale::ZhHans), None, "<p>请友善。</p>\n".to_owned());
    assert_eq!(found(&terms, Locale::ZhHant), chinese);
    assert_eq!(
        found(&privacy, Locale::ZhHans),
        (None, None, "<p>We keep little.</p>\n".to_owned())
    );
}

#[test]
fn p9_all_faults_of_the_folder_are_named_at_once() {
    let folder = folder(&[
        ("logo.svg", b"<html>"),
        ("logo.gif", b"GIF89a"),
        ("icon.png", b"\x89PNG\r\n\x1a\n"),
        ("icon.webp", b"RIFF\0\0\0\0WEBP"),
        ("terms.en.html", b"<p>"),
        ("terms.fr.md", b"a"),
        ("terms.en.md", b"a"),
        ("terms.en.txt", b"a"),
        ("privacy.en.txt", b"\xff"),
    ]);
    fs::create_dir(folder.path().join("privacy.txt")).unwrap();
    let path = folder.path().to_str().unwrap();
    let faults = read(&[("brand.folder", path)]).unwrap_err();
    for says in [
        "logo.svg is no SVG, PNG or WebP, by its content",
        "logo.gif is no picture that is served: use .svg, .png or .webp",
        "icon.webp and icon.png are both there: remove one",
        "terms.en.html is no text that is served: write .txt",
        "terms.fr.md names no language: write zh-Hans, zh-Hant or en",
        "terms.en.txt and another file are in the same language: remove one",
        "privacy.en.txt is not UTF-8",
        "privacy.txt cannot be read",
    ] {
        assert_eq!(faults.iter().filter(|it| it.contains(says)).count(), 1, "{says}: {faults:#?}");
    }
    assert_eq!(faults.len(), 8, "{faults:#?}");
    let missing = read(&[("brand.folder", "/nowhere/at/all")]).unwrap_err();
    assert!(
        missing[0]
            .starts_with("brand.folder is \"/nowhere/at/all\" (given), but the folder cannot be")
    );
}

#[test]
fn p9_what_belongs_together_is_checked_together() {
    let folder =
        folder(&[("terms.md", b"a"), ("logo-dark.svg", b"<svg>"), ("police.svg", b"<svg>")]);
    let path = folder.path().to_str().unwrap();
    let says = |pairs: &[(&str, &str)], expected: &[&str]| {
        let faults = read(pairs).unwrap_err();
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, says) in faults.iter().zip(expected) {
            assert!(fault.contains(says), "{fault}: {says}");
        }
    };
    says(
        &[("brand.folder", path), ("brand.terms_url", "https://acme.example/terms")],
        &[
            "logo-dark and no logo",
            "brand.folder has terms too",
            "the emblem of brand.police_filing",
        ],
    );
    says(&[("brand.require_consent", "true")], &["brand.require_consent needs terms"]);
    let url = ("brand.terms_url", "/legal/terms");
    says(&[("brand.require_consent", "true"), url], &["needs brand.terms_version"]);
    says(&[("brand.terms_version", "1")], &["but there are no terms"]);
    says(&[("brand.support_text", "Help")], &["needs brand.support_url"]);
    says(&[("brand.terms_url", "/terms")], &["where terms of brand.folder is shown"]);
    let good = [("brand.require_consent", "true"), ("brand.terms_version", "2026-11-29"), url];
    let brand = self::brand(&good);
    assert!(brand.require_consent);
    assert_eq!(brand.terms, Some(Legal::Url("/legal/terms".to_owned())));
}

#[test]
fn p9_links_and_numbers_have_a_form() {
    for (key, allowed, refused) in [
        (
            "brand.terms_url",
            &["https://acme.example/terms?lang=en#top", "/legal"][..],
            &[
                "http://acme.example",
                "javascript:alert(1)",
                "//acme.example",
                "terms",
                "https://",
                "/\\acme",
            ][..],
        ),
        (
            "brand.support_url",
            &["https://acme.example", "mailto:help@acme.example", "tel:+861012345678", "/help"],
            &["mailto:", "data:text/html,x", "http://acme.example", "help"],
        ),
        (
            "brand.filing_number",
            &["京ICP备12345678号-1", "粤ICP证050234号"],
            &["12345678", "ICP", "京ICP备1\n"],
        ),
        (
            "brand.police_filing",
            &["京公网安备11010502000001号", "京公网安备 11010502000001号"],
            &["11010502000001", "京公网安备", "京公网安备123号"],
        ),
        ("brand.require_consent", &["false"], &["yes"]),
    ] {
        for value in allowed {
            assert!(read(&[(key, value)]).is_ok(), "{key} {value}");
        }
        for value in refused {
            let faults = read(&[(key, value)]).unwrap_err();
            let [fault] = &faults[..] else { panic!("{key} {value}: {faults:?}") };
            assert!(fault.starts_with(&format!("{key} is {value:?}")), "{fault}");
        }
    }
    let long = "1".repeat(33);
    for version in ["a b", "第一版", long.as_str()] {
        let pairs = [("brand.terms_url", "/legal"), ("brand.terms_version", version)];
        assert!(read(&pairs).unwrap_err()[0].contains("must be at most 32 letters"), "{version}");
    }
    let brand = brand(&[
        ("brand.filing_number", "京ICP备12345678号-1"),
        ("brand.police_filing", "京公网安备11010502000001号"),
    ]);
    assert_eq!(brand.filing.unwrap().url, "https://beian.miit.gov.cn/");
    let police = brand.police_filing.unwrap();
    assert!(police.url.ends_with("?code=11010502000001"), "{}", police.url);
}
