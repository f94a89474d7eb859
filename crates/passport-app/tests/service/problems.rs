//! The pages that the `type` of a problem leads to.

use reqwest::Method;

use crate::support::{Person, Service};

#[tokio::test]
async fn api_1_the_type_of_a_problem_is_a_page_that_explains_it() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let problem = person.get("/api/v1/session").await.json();
    assert_eq!(problem["type"], "/problems/not-signed-in");
    let path = problem["type"].as_str().unwrap();
    let page = person.get(path).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for text in ["The request has no live session", "<code>not-signed-in</code>", "401"] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    assert!(page.text().contains(problem["title"].as_str().unwrap()));
    assert!(!page.text().contains("<script>") && !page.text().contains(" style="));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));

    let head = person.send(person.request(Method::HEAD, path)).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), page.header("content-length"));
}

#[tokio::test]
async fn every_documented_problem_has_its_page() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let document = include_str!("../../../../docs/problems.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let rows: Vec<_> = rows.filter(|(code, _)| *code != "code").collect();
    assert!(rows.len() > 30, "{rows:?}");
    for (code, rest) in rows {
        let page = person.get(&format!("/problems/{code}")).await;
        assert_eq!(page.status, 200, "{code}");
        let title = rest.split(" | ").nth(2).unwrap();
        assert!(page.text().contains(&format!("<h1>{title}</h1>")), "{code}: {}", page.text());
    }
}

#[tokio::test]
async fn other_problems_have_no_page() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in ["nothing", "", "NOT-FOUND", "not-found/", "%3Cscript%3E", "../index.html"] {
        let page = person.get(&format!("/problems/{path}")).await;
        assert!(page.status == 404 || path.starts_with(".."), "{path}");
        assert!(!page.text().contains("<script>"), "{path}");
    }
}
