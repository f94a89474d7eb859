//! The sound of a challenge.

use std::collections::HashSet;

use reqwest::Method;
use uuid::Uuid;

use super::{GONE, audio, image, issue, shown, spoken, text};
use crate::support::{Person, Reply, Service, wav};

#[tokio::test]
async fn cap_5_the_sound_is_one_file_with_every_character() {
    for length in [4_u32, 8] {
        let service = Service::start(&[("captcha.length", &length.to_string())]).await;
        let person = Person::new(&service);
        for language in ["zh", "en"] {
            let challenge = issue(&person).await;
            let id = shown(&person).await;
            for reply in [
                audio(&person, &challenge, language).await,
                spoken(&person, &id, &format!("&lang={language}")).await,
            ] {
                let seconds = wav::seconds(&reply.body);
                assert!(seconds >= f64::from(length) * 0.4, "{length} characters: {seconds} s");
            }
        }
        let policy = person.get("/sign-up").await;
        let policy = policy.header("content-security-policy");
        assert!(policy.contains("media-src 'self'"), "{policy}");
    }
}

/// Path of the sound of a new challenge, of either API.
async fn path_of_sound(person: &Person, is_original: bool) -> String {
    if is_original {
        format!("/passport/audio_code?cur_id={}", shown(person).await)
    } else {
        text(&issue(person).await, "/links/audio").to_owned()
    }
}

#[tokio::test]
async fn cap_5_the_sound_is_in_the_language_that_was_asked_for() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for is_original in [false, true] {
        for (query, header, language) in [
            ("", "", "zh-Hans"),
            ("", "fr, en;q=0.5", "en"),
            ("lang=", "en", "en"),
            ("lang=en", "zh-CN", "en"),
            ("lang=en-GB", "", "en"),
            ("lang=zh-Hans", "en", "zh-Hans"),
            ("lang=fr", "en", "en"),
            ("lang=zh-TW", "en", "zh-Hans"),
            ("", "en;q=0.5, zh-HK", "zh-Hans"),
            ("", "fr", "en"),
            ("lang=%ff", "", "zh-Hans"),
        ] {
            let path = path_of_sound(&person, is_original).await;
            let joint = if is_original { '&' } else { '?' };
            let request = person.request(Method::GET, &format!("{path}{joint}{query}"));
            let reply = person.send(request.header("Accept-Language", header)).await;
            assert_eq!(reply.header("content-language"), language, "{query} {header}");
            assert!(wav::seconds(&reply.body) > 2.0);
        }
    }
}

/// Two languages would be two independent chances of a program to understand one answer.
#[tokio::test]
async fn h3_a_challenge_has_one_sound_whatever_is_asked_for() {
    let service = Service::start(&[]).await;
    let (person, stranger) = (Person::new(&service), Person::new(&service));
    for (first, language) in [("zh", "zh-Hans"), ("zh-Hant", "zh-Hans"), ("en", "en")] {
        for is_original in [false, true] {
            let path = path_of_sound(&person, is_original).await;
            let joint = if is_original { '&' } else { '?' };
            let first = person.get(&format!("{path}{joint}lang={first}")).await;
            for query in ["lang=en", "lang=zh", "", "lang=en&level=3&theme=dark&seed=1"] {
                let request = person.request(Method::GET, &format!("{path}{joint}{query}"));
                let again = person.send(request.header("Accept-Language", "en")).await;
                assert_eq!(again.header("content-language"), language, "{query}");
                assert!(again.body == first.body, "{query}");
            }
            if !is_original {
                let again = stranger.get(&format!("{path}?lang=en")).await;
                assert!(again.body == first.body, "for another client");
            }
        }
    }
}

/// Nothing that a request can carry changes how a challenge is drawn.
#[tokio::test]
async fn h3_an_issued_challenge_has_one_picture_whatever_is_asked_for() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let challenge = issue(&person).await;
    let first = image(&person, &challenge).await;
    let path = text(&challenge, "/links/image");
    let others = ["theme=light", "theme=DARK", "style=patterned", "size=2", "lang=en", "seed=1"];
    for query in others {
        let request = person.request(Method::GET, &format!("{path}?{query}"));
        let request = request
            .header("Accept", "image/webp, image/svg+xml;q=0.9")
            .header("Accept-Language", "en")
            .header("Sec-CH-Prefers-Color-Scheme", "dark")
            .header("DPR", "3");
        assert!(person.send(request).await.body == first.body, "{query}");
    }
    let dark = person.get(&format!("{path}?theme=dark")).await;
    assert_ne!(dark.body, first.body);
    assert_eq!(pixels(&dark), pixels(&first), "the dark picture is the same drawing");
}

/// A PNG from its pixels on: without the palette.
fn pixels(picture: &Reply) -> &[u8] {
    let start = picture.body.windows(4).position(|it| it == b"IDAT").unwrap();
    &picture.body[start..]
}

#[tokio::test]
async fn cap_5_the_sound_is_the_same_each_time_and_differs_by_challenge() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let mut seen = HashSet::new();
    for _ in 0..3 {
        let challenge = issue(&person).await;
        for _ in 0..2 {
            seen.insert(image(&person, &challenge).await.body);
            seen.insert(audio(&person, &challenge, "en").await.body);
        }
    }
    assert_eq!(seen.len(), 6);
    let id = shown(&person).await;
    assert_eq!(spoken(&person, &id, "").await.body, spoken(&person, &id, "").await.body);
}

/// Safari first asks whether ranges are supported, and then fetches the file in ranges.
#[tokio::test]
async fn cap_5_the_sound_can_be_fetched_in_ranges() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let challenge = issue(&person).await;
    let id = shown(&person).await;
    for path in [text(&challenge, "/links/audio"), &format!("/passport/audio_code?cur_id={id}")] {
        let whole = person.get(path).await;
        assert_eq!((whole.status.as_u16(), whole.header("accept-ranges")), (200, "bytes"));
        let mut joined = Vec::new();
        for range in ["0-1", "2-9999", "10000-"] {
            let request = person.request(Method::GET, path);
            let reply = person.send(request.header("Range", format!("bytes={range}"))).await;
            assert_eq!(reply.status, 206);
            assert_eq!(reply.header("content-type"), "audio/wav");
            assert_eq!(reply.header("cache-control"), "no-store");
            let end = joined.len() + reply.body.len() - 1;
            let expected = format!("bytes {}-{end}/{}", joined.len(), whole.body.len());
            assert_eq!(reply.header("content-range"), expected);
            joined.extend(reply.body);
        }
        assert!(joined == whole.body, "the ranges make up the file");
    }
}

#[tokio::test]
async fn cap_5_a_sound_is_sent_only_to_the_browser_with_the_latest_image() {
    let service = Service::start(&[]).await;
    let (person, stranger) = (Person::new(&service), Person::new(&service));
    let first = shown(&person).await;
    assert!(wav::seconds(&spoken(&person, &first, "").await.body) > 2.0);
    spoken(&stranger, &first, "").await.says(GONE.0, GONE.1);
    // A second tab takes the place of the first.
    let second = shown(&person).await;
    spoken(&person, &first, "").await.says(GONE.0, GONE.1);
    assert!(wav::seconds(&spoken(&person, &second, "").await.body) > 2.0);
    for path in ["/passport/audio_code", "/passport/audio_code?cur_id=1"] {
        person.get(path).await.says("4103", "参数不全");
    }
}

#[tokio::test]
async fn x12_a_ticket_that_the_service_did_not_make_is_not_spoken() {
    let service = Service::start(&[]).await;
    let (person, other) = (Person::new(&service), Person::new(&service));
    let (id, foreign) = (shown(&person).await, shown(&other).await);
    let id_part = Uuid::parse_str(&id).unwrap().simple().to_string();
    let own = person.cookie("passport_challenge").unwrap();
    let ticket = own.split_once('.').unwrap().1;
    let foreign_cookie = other.cookie("passport_challenge").unwrap();
    let foreign_ticket = foreign_cookie.split_once('.').unwrap().1;
    let altered = |place: usize| {
        let letter = if ticket.as_bytes()[place] == b'A' { "B" } else { "A" };
        let mut ticket = ticket.to_owned();
        ticket.replace_range(place..=place, letter);
        format!("{id_part}.{ticket}")
    };
    let mut forged: Vec<_> = (0..ticket.len()).map(altered).collect();
    forged.extend([
        // As the former versions wrote it.
        format!("{id_part}.{}", "A".repeat(23)),
        format!("{id_part}.{}", "A".repeat(52)),
        format!("{id_part}.{foreign_ticket}"),
        format!("{id_part}.{ticket}A"),
        format!("{id_part}."),
        "9".repeat(3_000),
        "x.y".to_owned(),
        ".".to_owned(),
        String::new(),
    ]);
    for value in &forged {
        person.set_cookie("passport_challenge", value);
        spoken(&person, &id, "").await.says(GONE.0, GONE.1);
    }
    person.set_cookie("passport_challenge", &own);
    spoken(&person, &foreign, "").await.says(GONE.0, GONE.1);
    assert!(wav::seconds(&spoken(&person, &id, "").await.body) > 2.0);
}

#[tokio::test]
async fn cap_5_the_cookie_is_sent_to_the_original_api_alone() {
    for (public_url, name, secure) in [
        ("http://127.0.0.1:8080", "passport_challenge", false),
        ("https://passport.test", "__Secure-passport_challenge", true),
    ] {
        let service = Service::start(&[("http.public_url", public_url)]).await;
        let person = Person::new(&service);
        let id = Uuid::new_v4();
        let reply = person.get(&format!("/passport/image_code?cur_id={id}")).await;
        let cookie = reply.cookie(name).unwrap();
        let (value, attributes) = cookie.split_once("; ").unwrap();
        let attributes: HashSet<_> = attributes.split("; ").collect();
        let mut expected =
            HashSet::from(["HttpOnly", "SameSite=Strict", "Path=/passport", "Max-Age=300"]);
        expected.extend(secure.then_some("Secure"));
        assert_eq!(attributes, expected);
        assert!(value.starts_with(&format!("{name}={}.", id.simple())), "{value}");
        assert!(wav::seconds(&spoken(&person, &id.to_string(), "").await.body) > 2.0);
    }
}

#[tokio::test]
async fn x12_a_ticket_that_the_client_made_up_is_not_spoken() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let id = shown(&person).await;
    let own = person.cookie("passport_challenge").unwrap();
    let simple = id.replace('-', "");
    // 23 characters of base64url, as a ticket is written.
    let ticket = format!("{}AAAAAA", "B".repeat(17));
    let (start, end) = own.split_at(own.len() - 23);
    let swapped = if end.starts_with('B') { "C" } else { "B" };
    for forged in [
        format!("{simple}.{ticket}"),
        format!("{start}{ticket}"),
        format!("{start}{swapped}{}", &end[1..]),
        format!("{simple}.{}.{ticket}", "0".repeat(32)),
    ] {
        person.set_cookie("passport_challenge", &forged);
        spoken(&person, &id, "").await.says(GONE.0, GONE.1);
    }
    person.set_cookie("passport_challenge", &own);
    assert!(wav::seconds(&spoken(&person, &id, "").await.body) > 2.0);
}
