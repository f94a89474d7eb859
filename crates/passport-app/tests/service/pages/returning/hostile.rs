//! Addresses to which no one may be led.

use reqwest::Method;

use super::{SHOP, service, with_account};
use crate::support::{Plain, Reply, Shown};

/// Values of `return_to` as they stand in the query, so that each byte is the attacker's. None of them is
/// an address of the application as browsers write it.
const HOSTILE: &[&str] = &[
    // Other origins.
    "https://evil.example",
    "https://evil.example/",
    "http://shop.example/",
    "https://shop.example:8443/",
    "https://shop.example.evil.example/",
    "https://evilshop.example/",
    "https://a.shop.example/",
    "https://example/",
    "https://evil.example/https://shop.example/",
    "https://evil.example?https://shop.example/",
    "https://evil.example%23https://shop.example/",
    // User names.
    "https://shop.example@evil.example/",
    "https://shop.example%40evil.example/",
    "https://shop.example:443@evil.example/",
    "https://user:word@shop.example/",
    "https://@shop.example/",
    "https://:@shop.example/",
    "https://shop.example%252f@evil.example/",
    // Slashes and backslashes.
    "//evil.example",
    "//evil.example/https://shop.example/",
    "///evil.example",
    "////evil.example",
    "/%2Fevil.example",
    "%2F%2Fevil.example",
    "%252F%252Fevil.example",
    "/%5Cevil.example",
    "%5C%5Cevil.example",
    "\\/evil.example",
    "https:%5C%5Cevil.example",
    "https:/evil.example",
    "https:evil.example",
    "https:///evil.example",
    "https:shop.example",
    "https://shop.example%5C@evil.example",
    "https://shop.example%5C.evil.example",
    "https://evil.example%5Cshop.example/",
    "https://evil.example%2F.shop.example",
    // Relative ones.
    "",
    "/",
    "/account",
    "account",
    "/../evil",
    ".evil.example",
    "@evil.example",
    "shop.example",
    "?next=https://shop.example",
    "%23",
    // Schemes.
    "javascript:alert(1)",
    "javascript://shop.example/%250aalert(1)",
    "JavaScript:alert(1)//https://shop.example/",
    "java%09script:alert(1)",
    "data:text/html,%3Cscript%3Ealert(1)%3C/script%3E",
    "data:text/html;base64,PHNjcmlwdD4=//https://shop.example",
    "vbscript:x",
    "blob:https://shop.example/1",
    "filesystem:https://shop.example/1",
    "view-source:https://shop.example/",
    "file:///etc/passwd",
    "ftp://shop.example/",
    "wss://shop.example/",
    "intent://shop.example/%23Intent;scheme=https;end",
    "capacitor://localhost",
    "shop://callback",
    "HTTPS://shop.example/",
    // Control characters, spaces, and headers.
    "https://shop.example/%0D%0ASet-Cookie:%20a=b",
    "https://shop.example/%0ALocation:%20https://evil.example",
    "%0D%0ALocation:%20https://evil.example",
    "https://shop.example/%00",
    "https://shop.example%00.evil.example/",
    "https://shop.example%09.evil.example/",
    "%09https://shop.example/",
    "%20https://evil.example",
    "https://shop.example/%20",
    "https://shop.example/+",
    "https://shop.example/ x",
    "ht%09tps://evil.example",
    "%01https://evil.example",
    "https://shop.example/%7F",
    "https://shop.example/%E2%80%AE",
    "https://shop.example/%C2%A0",
    "https://shop.example/%FF",
    "https://shop.example/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    // Other spellings of the host.
    "https://Shop.example/",
    "https://shop.example./",
    "https://shop.example:443/",
    "https://shop.example:0443/",
    "https://shop.example:/",
    "https://shop%252eexample/",
    "https://shop%E3%80%82example/",
    "https://%EF%BD%93hop.example/",
    "https://sh%D0%BEp.example/",
    "https://s%C2%ADhop.example/",
    "https://xn--shop-9fa.example/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[shop.example]/",
    // Paths that browsers write otherwise.
    "https://shop.example/a/../b",
    "https://shop.example/%252e%252e/b",
    "https://shop.example/.//evil.example/..",
];

/// Values that look hostile and lead to the application.
const HARMLESS: &[(&str, &str)] = &[
    ("https://shop.example//evil.example", "https://shop.example//evil.example"),
    ("https://shop.example/@evil.example", "https://shop.example/@evil.example"),
    ("https://shop.example/%23@evil.example", "https://shop.example/#@evil.example"),
    (
        "https://shop.example/%3Freturn_to=//evil.example",
        "https://shop.example/?return_to=//evil.example",
    ),
    ("https://shop.example/%250d%250aa:b", "https://shop.example/%0d%0aa:b"),
];

/// Queries as a whole.
fn queries() -> Vec<String> {
    let good = "return_to=https%3A%2F%2Fshop.example%2F";
    let one = HOSTILE.iter().map(|value| format!("return_to={value}"));
    let long = format!("return_to=https://shop.example/{}", "a".repeat(2_048));
    let whole = [
        format!("{good}&return_to=https://evil.example/"),
        format!("return_to=https://evil.example/&{good}"),
        format!("{good}&{good}"),
        format!("{good}&return%5Fto=//evil.example"),
        format!("return%5Fto=//evil.example&{good}"),
        "return_to[]=https://evil.example/".to_owned(),
        "Return_To=https://evil.example/".to_owned(),
        "return_to%00=https://evil.example/".to_owned(),
        "return_to".to_owned(),
        "return_to;=https://evil.example/".to_owned(),
        "next=https://evil.example/&redirect_uri=https://evil.example/".to_owned(),
        "f=abcdefgh&return_to=https://evil.example/".to_owned(),
        "f=//evil.example".to_owned(),
        "lang=en&return_to=//evil.example".to_owned(),
        "note=expired&return_to=//evil.example".to_owned(),
        long,
    ];
    one.chain(whole).collect()
}

/// Sends a request-target whose bytes no client mends.
async fn raw(person: &Plain, path: &str, query: &str) -> Reply {
    // reqwest would mend some of them, so they are escaped where an HTTP request line needs it.
    let query = query.replace('\\', "%5C").replace(' ', "%20").replace('"', "%22");
    let query = query.replace('<', "%3C").replace('>', "%3E");
    let address = format!("{path}?{query}");
    person.answer(person.request(Method::GET, &address)).await
}

/// Asserts that nothing in the answer leads elsewhere.
#[track_caller]
fn leads_nowhere_else(reply: &Reply, query: &str) {
    let location = reply.header("location");
    let is_own = location.starts_with('/') && !location.starts_with("//");
    assert!(location.is_empty() || is_own, "{query}: {location}");
    assert!(!location.contains(['\\', '\r', '\n', '\t']), "{query}: {location:?}");
    assert_eq!(reply.headers.get_all("location").iter().count(), usize::from(!location.is_empty()));
    assert!(reply.headers.get("refresh").is_none());
    assert_eq!(reply.cookie("a"), None, "{query} sets a cookie");
    assert!(
        !reply.header("content-security-policy").contains("evil"),
        "{query}: {}",
        reply.header("content-security-policy")
    );
}

/// Asserts that no link, form or refresh of the page leads elsewhere.
#[track_caller]
fn has_own_links_only(page: &Shown, query: &str) {
    for tag in page.tags() {
        assert_ne!(tag.attribute("http-equiv"), Some("refresh"), "{query}");
        for name in ["href", "action", "formaction", "src", "srcset"] {
            let Some(address) = tag.attribute(name) else { continue };
            let is_own = address.starts_with('/') && !address.starts_with("//");
            assert!(is_own || address == "#main", "{query}: {name}={address}");
            assert!(!address.contains(['\\', '\t', '\r', '\n']), "{query}: {address:?}");
        }
        assert!(tag.name != "script" || tag.attribute("src").is_some(), "{query}: a script");
    }
}

#[tokio::test]
async fn app_3_no_spelling_leads_a_visitor_elsewhere() {
    let service = service(&SHOP).await;
    let queries = queries();
    assert!(queries.len() > 100, "{}", queries.len());
    let person = Plain::new(&service);
    for query in &queries {
        for path in ["/sign-in", "/sign-up", "/sign-in/password", "/sign-out", "/account/confirm"] {
            let reply = raw(&person, path, query).await;
            leads_nowhere_else(&reply, query);
            if reply.status == 303 {
                continue;
            }
            assert_eq!(reply.status, 200, "{path} {query}");
            let page = person.follow(path, reply).await;
            has_own_links_only(&page, query);
            let action = page.fill(&[]).action;
            assert!(!action.contains("return_to"), "{path} {query}: {action}");
        }
    }
}

#[tokio::test]
async fn app_3_no_spelling_leads_a_person_elsewhere_who_signs_in_or_out() {
    let service = service(&SHOP).await;
    let (person, _) = with_account(&service).await;
    let stranger = Plain::new(&service);
    for query in queries() {
        for path in ["/sign-in", "/sign-up"] {
            let reply = raw(&person, path, &query).await;
            leads_nowhere_else(&reply, &query);
            let end = reply.header("location");
            // The language is stored first.
            let is_own = query.starts_with("lang=") && end.starts_with(&format!("{path}?"));
            assert!(end == "/account" || is_own, "{path} {query}: {end}");
        }
        let reply = raw(&person, "/account/confirm", &query).await;
        leads_nowhere_else(&reply, &query);
        // A form that was sent to such an address, as it is when an attacker has made the link.
        let form = person.open("/sign-out").await.fill(&[("csrf_token", "0f3a")]);
        let escaped = query.replace('\\', "%5C").replace(' ', "%20");
        let asked = crate::support::Filled { action: format!("/sign-out?{escaped}"), ..form };
        let reply = person.answer(person.post(&asked)).await;
        leads_nowhere_else(&reply, &query);
        let page = person.follow("/sign-out", reply).await.is("account-sign-out", 403);
        has_own_links_only(&page, &query);
        let reply = stranger.answer(stranger.post(&asked)).await;
        leads_nowhere_else(&reply, &query);
        assert!(reply.header("location").starts_with("/sign-in"), "{query}: {reply:?}");
    }
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn app_3_what_only_looks_hostile_leads_to_the_application() {
    let service = service(&SHOP).await;
    let (person, _) = with_account(&service).await;
    for (value, address) in HARMLESS {
        let reply = raw(&person, "/sign-in", &format!("return_to={value}")).await;
        assert_eq!(reply.header("location"), *address);
    }
}
