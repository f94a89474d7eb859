//! The page that shows the document.

use crate::support::{Person, Service, observed::DOCUMENT};

#[tokio::test]
async fn the_page_shows_each_operation_and_problem_without_a_script() {
    let service = Service::start(&[("http.public_url", "https://sign-in.example")]).await;
    let reply = Person::new(&service).get("/docs").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    let page = reply.text();
    assert!(!page.contains("<script") && !page.contains(" style=") && !page.contains("<style"));
    for operation in DOCUMENT.all_operations() {
        let id = operation.value["operationId"].as_str().unwrap();
        let anchor: String = id
            .chars()
            .flat_map(|it| {
                let dash = it.is_ascii_uppercase().then_some('-');
                dash.into_iter().chain([it.to_ascii_lowercase()])
            })
            .collect();
        assert!(page.contains(&format!("<section class=\"operation\" id=\"{anchor}\"")), "{id}");
        assert!(page.contains(&format!("href=\"#{anchor}\"")), "{id}");
        let own = operation.value["servers"][0]["url"].as_str();
        assert_eq!(own.is_some(), operation.is_for_operators(), "{id}");
        let url = format!(
            "{}{}",
            own.unwrap_or("https://sign-in.example"),
            operation.path.replace("{id}", "'&quot;$ID&quot;'")
        );
        assert!(page.contains(&url), "{url}");
    }
    for problem in ["code-wrong", "not-signed-in", "delivery-unknown"] {
        assert!(page.contains(&format!("id=\"problem-{problem}\"")), "{problem}");
        assert!(page.contains(&format!("href=\"#problem-{problem}\"")), "{problem}");
    }
    let anchors = page.split("href=\"#").skip(1).filter_map(|it| it.split('"').next());
    for anchor in anchors {
        assert!(page.contains(&format!(" id=\"{anchor}\"")), "#{anchor} leads nowhere");
    }
    for end in ["/docs.css", "/passport.css", "/favicon.svg"] {
        let mut paths = page.split('"').filter(|it| it.ends_with(end));
        let path = paths.next().expect(end);
        assert_eq!(Person::new(&service).get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_commands_of_the_page_work() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let page = person.get("/docs").await.text();
    let commands = page.split("<pre class=\"example\"><code>").skip(1);
    let commands: Vec<_> = commands
        .filter_map(|it| it.split("</code>").next())
        // Those of operators are for another listener.
        .filter(|it| !it.contains("/api/admin/"))
        .map(|it| it.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<"))
        .collect();
    assert!(commands.len() >= 26, "{}", commands.len());
    let id = person.post("/api/v1/challenges", serde_json::json!({})).await.json();
    for command in commands {
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("{command} -sS -w '\\n%{{http_code}}'")])
            .current_dir(service.folder().path())
            .env("TOKEN", "none")
            .env("ID", id["id"].as_str().unwrap())
            .output()
            .unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let status = stdout.lines().last().unwrap_or_default().to_owned();
        assert!(output.status.success(), "{command}: {output:?}");
        // The examples have neither a session nor a code; what they ask for is understood.
        let understood = ["200", "201", "204", "401", "404", "410", "422"];
        assert!(understood.contains(&status.as_str()), "{status}: {command}");
    }
}
