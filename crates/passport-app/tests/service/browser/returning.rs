//! The way to the service and back, for the pages of an application at another origin.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use reqwest::{Method, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{ANSWER, chrome::Look, page::Page, proxy::Proxy, walk_at};
use crate::support::{PASSWORD, Person, Service, phone};

/// An application at an origin of another site, which keeps what browsers send.
struct Shop {
    origin: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    /// The service is at 127.0.0.1, which is another site for a browser.
    async fn open() -> Self {
        Self::open_at("localhost").await
    }

    async fn open_at(host: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client, Arc::clone(&kept)));
            }
        });
        Self { origin: format!("http://{host}:{port}"), heads }
    }

    fn address(&self) -> String {
        format!("{}/cart?a=1&b=%E4%B8%AD#top", self.origin)
    }

    /// The path that starts at the service and leads back.
    fn way(&self, path: &str) -> String {
        let to: String = form_urlencoded::byte_serialize(self.address().as_bytes()).collect();
        format!("{path}?return_to={to}")
    }

    async fn service(&self) -> Service {
        let settings = [
            ("captcha.test_answer", ANSWER),
            ("apps.shop.title", "Shop"),
            ("apps.shop.origins", &*self.origin),
        ];
        Service::start(&settings).await
    }

    /// Asserts that nothing of the service came with the requests since the last call.
    fn was_told_nothing(&self) {
        let heads = std::mem::take(&mut *self.heads.lock().unwrap());
        assert!(heads.iter().any(|head| head.starts_with("GET /cart?a=1&b=%E4%B8%AD HTTP/1.1")));
        for head in heads {
            let fields = head.to_ascii_lowercase();
            assert!(!fields.contains("\r\nreferer:") && !fields.contains("passport"), "{head}");
        }
    }
}

impl Shop {
    /// The `Cookie` field of the latest request.
    fn cookies(&self) -> String {
        let heads = self.heads.lock().unwrap();
        let head = heads.last().expect("the browser was here");
        let field = head.lines().find_map(|line| line.strip_prefix("Cookie: "));
        field.unwrap_or_default().to_owned()
    }
}

/// Answers one request with a page.
async fn answer(mut client: TcpStream, heads: Arc<Mutex<Vec<String>>>) {
    const PAGE: &str = "<!DOCTYPE html><link rel=icon href=data:,><title>Shop</title><h1>Shop</h1>";
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if !matches!(client.read_buf(&mut head).await, Ok(1..)) {
            return;
        }
    }
    heads.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
    let length = PAGE.len();
    let reply = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{PAGE}"
    );
    // A browser may close the connection at any time.
    let _ = client.write_all(reply.as_bytes()).await;
}

impl Page {
    /// Waits until the browser is at exactly this address of another origin.
    async fn leaves_for(&self, address: &str) {
        self.wait(&format!("the browser is at {address}"), async || {
            let url = self.browser.current_url().await.map(String::from).unwrap_or_default();
            if url == address { Ok(()) } else { Err(url) }
        })
        .await;
    }
}

async fn by_code(page: &Page, shop: &Shop, telephone: &Person) {
    let number = phone();
    page.go(&shop.way("/sign-in")).await;
    page.reads(".onward", "To continue to Shop").await;
    page.keep("number").await;
    page.sends_number(&number, ANSWER).await;
    page.arrives_below("/sign-in/code?f=").await;
    let code = telephone.codes_of(&number).await.remove(0);
    page.fill("#code", if code == "000000" { "000001" } else { "000000" }).await;
    page.submits().await;
    page.finds("#code-error").await;
    page.fill("#code", &code).await;
    page.submits().await;
    page.arrives_below("/sign-up/password?return_to=").await;
    page.fill("#password", PASSWORD).await;
    page.submits().await;
    page.leaves_for(&shop.address()).await;
    // The browser reports the code that was refused.
    page.complaints().await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn app_1_a_browser_goes_to_the_sign_in_and_back_with_and_without_scripts() {
    let shop = Shop::open().await;
    let service = shop.service().await;
    let telephone = Person::new(&service);
    for scripts in [true, false] {
        let name = if scripts { "returning" } else { "returning-plain" };
        let look = Look { scripts, ..Look::PHONE };
        walk_at(&service.url(), name, look, async |page| {
            by_code(page, &shop, &telephone).await;
            shop.was_told_nothing();
            // At once, while the session lives.
            page.go(&shop.way("/sign-in")).await;
            page.leaves_for(&shop.address()).await;
            page.go(&shop.way("/sign-out")).await;
            page.reads(".onward", "You return to Shop after that.").await;
            page.keep("sign-out").await;
            page.submits().await;
            page.leaves_for(&shop.address()).await;
            shop.was_told_nothing();
            page.go("/account").await;
            page.arrives_at("/sign-in").await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn app_1_a_password_in_another_language_and_after_the_way_back_leads_there_too() {
    let shop = Shop::open().await;
    let service = shop.service().await;
    let (number, telephone) = (phone(), Person::new(&service));
    telephone.sign_up(&number, PASSWORD).await;
    for scripts in [true, false] {
        let name = if scripts { "returning-password" } else { "returning-password-plain" };
        let look = Look { scripts, ..Look::PLAIN };
        walk_at(&service.url(), name, look, async |page| {
            page.go(&shop.way("/sign-in")).await;
            page.press("a[href^='/sign-in/password']").await;
            page.press("a[hreflang=zh-Hans]").await;
            page.reads(".onward", "继续前往“Shop”").await;
            page.browser.back().await.unwrap();
            page.browser.forward().await.unwrap();
            page.fill("#mobile", &number).await;
            page.fill("#password", PASSWORD).await;
            page.submits().await;
            page.leaves_for(&shop.address()).await;
            shop.was_told_nothing();
            page.browser.back().await.unwrap();
            page.leaves_for(&shop.address()).await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn app_4_a_browser_sends_the_session_to_all_hosts_of_the_domain() {
    let (shop, proxy) = (Shop::open_at("shop.acme.localhost").await, Proxy::bind().await);
    let public = proxy.origin().replace("127.0.0.1", "id.acme.localhost");
    let settings = [
        ("captcha.test_answer", ANSWER),
        ("http.public_url", &*public),
        ("cookie.domain", "acme.localhost"),
        ("apps.shop.origins", &*shop.origin),
    ];
    let service = Service::start(&settings).await;
    proxy.serve(Path::new("/nowhere"), service.address().to_string());
    let people = [phone(), phone()];
    for number in &people {
        let telephone = Person::new(&service);
        telephone.sign_up(number, PASSWORD).await;
    }
    let [number, attacker] = &people;
    let hostile = Person::new(&service);
    hostile.sign_in(attacker, PASSWORD).await;
    let planted = hostile.cookie("passport_session").unwrap();
    walk_at(&public, "shared-cookie", Look::PLAIN, async |page| {
        page.go(&shop.way("/sign-in/password")).await;
        page.fill("#mobile", number).await;
        page.fill("#password", PASSWORD).await;
        page.submits().await;
        page.leaves_for(&shop.address()).await;
        let cookies = shop.cookies();
        assert!(cookies.contains("passport_session="), "the session is shared: {cookies}");
        for own in ["passport_own", "csrf_token", "passport_language"] {
            assert!(!cookies.contains(own), "{own} is not: {cookies}");
        }
        let ask = hostile.request(Method::GET, "/api/v1/session").header(header::COOKIE, cookies);
        let told = hostile.send_bare(ask).await.json();
        let masked = format!("{}****{}", &number[..3], &number[7..]);
        assert_eq!(told["user"]["mobile"], masked);

        // A page of this host adds a session that browsers send first.
        let plant = format!(
            "document.cookie = 'passport_session={planted}; domain=acme.localhost; path=/account'; \
             return document.cookie"
        );
        page.script(&plant).await;
        page.go("/account").await;
        page.arrives_at("/account").await;
        page.reads(".facts div:nth-child(2) dd", &masked).await;
        page.submits().await;
        page.arrives_at("/sign-in").await;
        let ask = format!("passport_session={planted}");
        let ask = hostile.request(Method::GET, "/api/v1/session").header(header::COOKIE, ask);
        assert_eq!(hostile.send_bare(ask).await.status, 200, "it was not that session that ended");
    })
    .await;
}
