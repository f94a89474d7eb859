//! A browser without JavaScript: it keeps cookies, follows redirects and sends forms.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder, header, redirect::Policy};

use super::{
    Person, Reply, Service, address,
    html::{Tag, tags},
};

/// A person with a browser without JavaScript, and with an own address.
pub(crate) struct Plain {
    http: Client,
    url: Mutex<String>,
    cookies: Mutex<BTreeMap<String, String>>,
    address: String,
    languages: &'static str,
    /// For the inbox and the API.
    pub(crate) person: Person,
}

/// A page as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// Path and query.
    pub(crate) address: String,
    pub(crate) status: u16,
    pub(crate) html: String,
    pub(crate) headers: header::HeaderMap,
    /// Addresses of the redirects that led here.
    pub(crate) redirects: Vec<String>,
    tags: Vec<Tag>,
}

/// A form that is filled in, as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Plain {
    pub(crate) fn new(service: &Service) -> Self {
        Self::reading(service, "en")
    }

    /// A person whose browser asks for these languages.
    pub(crate) fn reading(service: &Service, languages: &'static str) -> Self {
        let http = Client::builder().redirect(Policy::none()).timeout(Duration::from_mins(1));
        let address = address();
        Self {
            http: http.build().unwrap(),
            url: Mutex::new(service.url()),
            cookies: Mutex::default(),
            person: Person::from_address(service, &address),
            address,
            languages,
        }
    }

    /// Sends further requests to this node. The cookies stay.
    pub(crate) fn go_to(&self, service: &Service) {
        *self.url.lock().unwrap() = service.url();
        self.person.go_to(service);
    }

    pub(crate) fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let url = format!("{}{address}", self.url.lock().unwrap());
        self.http
            .request(method, url)
            .header("X-Forwarded-For", &self.address)
            .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
            .header(header::ACCEPT_LANGUAGE, self.languages)
    }

    /// The `Cookie` field.
    pub(crate) fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn drop_cookie(&self, name: &str) {
        self.cookies.lock().unwrap().remove(name);
    }

    /// Sends a request with the cookies, and keeps those of the answer. Follows no redirect.
    pub(crate) async fn answer(&self, request: RequestBuilder) -> Reply {
        let cookies = self.cookies();
        let request = match &*cookies {
            "" => request,
            _ => request.header(header::COOKIE, cookies),
        };
        let reply = Reply::to(request).await.expect("the service answers");
        self.keep_cookies(&reply);
        reply
    }

    /// Keeps the cookies of an answer.
    pub(crate) fn keep_cookies(&self, reply: &Reply) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in reply.headers.get_all(header::SET_COOKIE) {
            let mut parts = cookie.to_str().unwrap().split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            if parts.any(|part| part == "Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Opens an address as a person does who types it, or follows a link.
    pub(crate) async fn open(&self, address: &str) -> Shown {
        let reply = self.answer(self.get(address)).await;
        self.follow(address, reply).await
    }

    fn get(&self, address: &str) -> RequestBuilder {
        self.request(Method::GET, address).header("Sec-Fetch-Site", "same-origin")
    }

    /// Sends the form of `page` with these fields filled in.
    pub(crate) async fn send(&self, page: &Shown, fields: &[(&str, &str)]) -> Shown {
        self.submit(&page.fill(fields)).await
    }

    pub(crate) async fn submit(&self, form: &Filled) -> Shown {
        let reply = self.answer(self.post(form)).await;
        self.follow(&form.action, reply).await
    }

    /// The request of a form.
    pub(crate) fn post(&self, form: &Filled) -> RequestBuilder {
        let request = self.request(Method::POST, &form.action);
        request
            .header("Sec-Fetch-Site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.encode())
    }

    /// Follows redirects to a page, and checks what every page has.
    pub(crate) async fn follow(&self, address: &str, reply: Reply) -> Shown {
        let (mut address, mut reply, mut redirects) = (address.to_owned(), reply, Vec::new());
        while reply.status == 303 {
            address = reply.header("location").to_owned();
            assert!(address.starts_with('/') && !address.starts_with("//"), "{address}");
            redirects.push(address.clone());
            assert!(redirects.len() < 5, "{redirects:?}");
            reply = self.answer(self.get(&address)).await;
        }
        let html = reply.text();
        assert!(
            reply.header("content-type").starts_with("text/html"),
            "{address}: {} {html}",
            reply.status
        );
        let tags = tags(&html);
        let status = reply.status.as_u16();
        Shown { address, status, html, headers: reply.headers, redirects, tags }
    }

    /// The newest code that was sent to `phone`.
    pub(crate) async fn code(&self, phone: &str) -> String {
        self.person.codes_of(phone).await.remove(0)
    }

    /// The user of the session, if the browser has one.
    pub(crate) async fn who_am_i(&self) -> Option<serde_json::Value> {
        let reply = self.answer(self.request(Method::GET, "/api/v1/me")).await;
        (reply.status == 200).then(|| reply.json())
    }
}

impl Filled {
    pub(crate) fn encode(&self) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&self.fields).finish()
    }

    /// Replaces the value of a field, or adds it.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(key, _)| key == name) {
            Some(field) => value.clone_into(&mut field.1),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }
}

impl Shown {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Name of the page.
    pub(crate) fn name(&self) -> &str {
        let body = self.tags.iter().find(|tag| tag.name == "body").expect("a page has a body");
        body.attribute("data-page").unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn is(self, name: &str, status: u16) -> Self {
        let said = self.errors();
        assert_eq!((self.name(), self.status), (name, status), "{} {said:?}", self.address);
        self
    }

    pub(crate) fn language(&self) -> &str {
        self.tags.iter().find(|tag| tag.name == "html").unwrap().attribute("lang").unwrap()
    }

    /// The text of the first element that `is` accepts.
    pub(crate) fn text_of(&self, is: impl Fn(&Tag) -> bool) -> Option<String> {
        let at = self.tags.iter().position(is)?;
        let end = format!("/{}", self.tags[at].name);
        let inner = self.tags[at..].iter().take_while(|tag| tag.name != end);
        Some(inner.map(|tag| tag.text.as_str()).collect::<String>().trim().to_owned())
    }

    /// The errors that are shown, with the id of their element; that of the form has none.
    pub(crate) fn errors(&self) -> Vec<(String, String)> {
        let mut errors = Vec::new();
        for (at, tag) in self.tags.iter().enumerate().filter(|(_, tag)| tag.has_class("error")) {
            let inner = self.tags[at..].iter().take_while(|it| it.name != "/p");
            let text = inner.map(|tag| tag.text.as_str()).collect::<String>().trim().to_owned();
            if !text.is_empty() {
                errors.push((tag.attribute("id").unwrap_or_default().to_owned(), text));
            }
        }
        errors
    }

    /// Asserts that this is the only error, and where it stands.
    #[track_caller]
    pub(crate) fn says(self, id: &str, text: &str) -> Self {
        assert_eq!(self.errors(), [(id.to_owned(), text.to_owned())], "{}", self.address);
        self
    }

    /// The note above or within the content.
    pub(crate) fn note(&self) -> Option<String> {
        self.text_of(|tag| tag.has_class("note"))
    }

    pub(crate) fn heading(&self) -> String {
        self.text_of(|tag| tag.name == "h1").expect("a page has a heading")
    }

    /// Addresses of the links, without those of languages.
    pub(crate) fn links(&self) -> Vec<&str> {
        let links = self.tags.iter().filter(|tag| tag.name == "a");
        let links = links.filter(|tag| tag.attribute("data-language").is_none());
        links.filter_map(|tag| tag.attribute("href")).collect()
    }

    /// Value of a field of the form.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let fields = self.fill(&[]).fields;
        fields.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The tag of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.attribute("name") == Some(name))
    }

    pub(crate) fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The form as a browser sends it, with these fields filled in.
    #[track_caller]
    pub(crate) fn fill(&self, given: &[(&str, &str)]) -> Filled {
        let forms = self.tags.iter().filter(|tag| tag.name == "form");
        let mut forms = forms.enumerate();
        let first =
            forms.find(|(_, tag)| tag.attribute("data-plain").is_none() && tag.has_class("form"));
        let (nth, _) = first.unwrap_or_else(|| panic!("{} has no form", self.address));
        self.fill_nth(nth, given)
    }

    /// The same for the form with this number, counted from 0.
    #[track_caller]
    pub(crate) fn fill_nth(&self, nth: usize, given: &[(&str, &str)]) -> Filled {
        let starts = self.tags.iter().enumerate().filter(|(_, tag)| tag.name == "form");
        let start = starts.map(|(at, _)| at).nth(nth);
        let start = start.unwrap_or_else(|| panic!("{} has no form {nth}", self.address));
        let form = &self.tags[start];
        assert_eq!(form.attribute("method"), Some("post"));
        let mut filled =
            Filled { action: form.attribute("action").unwrap().to_owned(), fields: Vec::new() };
        let mut select = None;
        for tag in self.tags[start..].iter().take_while(|tag| tag.name != "/form") {
            let name = tag.attribute("name");
            match (&*tag.name, name) {
                ("input", Some(name)) => {
                    let is_box = tag.attribute("type") == Some("checkbox");
                    if !is_box || tag.attribute("checked").is_some() {
                        let value = tag.attribute("value").unwrap_or_default();
                        filled.fields.push((name.to_owned(), value.to_owned()));
                    }
                }
                ("select", Some(name)) => select = Some(name.to_owned()),
                ("option", _) if tag.attribute("selected").is_some() => {
                    let value = tag.attribute("value").unwrap_or_default().to_owned();
                    filled.fields.push((select.clone().unwrap(), value));
                }
                _ => {}
            }
        }
        given.iter().fold(filled, |form, (name, value)| form.with(name, value))
    }
}
