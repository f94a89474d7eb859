use std::{
    env, fs,
    future::Future,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use fantoccini::{Client, Locator, elements::Element, key::Key};
use serde_json::Value;

use super::driver::{self, Message};

/// Time for one step, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser, seen and used as by a visitor.
pub(super) struct Page {
    pub(super) browser: Client,
    origin: String,
    walk: String,
    stations: AtomicUsize,
}

impl Page {
    pub(super) fn new(browser: Client, origin: &str, walk: &str) -> Self {
        let (origin, walk) = (origin.to_owned(), walk.to_owned());
        Self { browser, origin, walk, stations: AtomicUsize::new(0) }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(super) async fn go(&self, path: &str) {
        self.browser.goto(&self.url(path)).await.unwrap();
    }

    /// Waits until the browser is at `path`.
    pub(super) async fn arrives_at(&self, path: &str) {
        let wanted = self.url(path);
        let what = format!("the browser is at {path}");
        self.wait(&what, async || {
            let url = self.browser.current_url().await.map(String::from).unwrap_or_default();
            (url == wanted).then_some(()).ok_or(url)
        })
        .await;
    }

    /// Waits until the browser is at an address that begins like this, and returns its path and query.
    pub(super) async fn arrives_below(&self, path: &str) -> String {
        let wanted = self.url(path);
        self.wait(&format!("the browser is below {path}"), async || {
            let url = self.browser.current_url().await.map(String::from).unwrap_or_default();
            if url.starts_with(&wanted) {
                Ok(url[self.origin.len()..].to_owned())
            } else {
                Err(url)
            }
        })
        .await
    }

    /// Waits until the element is visible.
    pub(super) async fn finds(&self, css: &str) -> Element {
        self.wait(&format!("{css} is visible"), async || {
            let found = self.browser.find(Locator::Css(css)).await;
            let element = found.map_err(|error| error.to_string())?;
            match element.is_displayed().await {
                Ok(true) => Ok(element),
                other => Err(format!("{other:?}")),
            }
        })
        .await
    }

    /// Waits until the element's visible text is `text`.
    pub(super) async fn reads(&self, css: &str, text: &str) {
        self.reads_like(css, text, |seen| seen == text).await;
    }

    /// Waits until the element's visible text passes the check, and returns it.
    pub(super) async fn reads_like(
        &self,
        css: &str,
        what: &str,
        is_right: impl Fn(&str) -> bool,
    ) -> String {
        self.wait(&format!("{css} says {what:?}"), async || {
            let seen = self.text(css).await?;
            if is_right(&seen) { Ok(seen) } else { Err(seen) }
        })
        .await
    }

    /// The visible text of the element; empty if there is no such element.
    pub(super) async fn text_of(&self, css: &str) -> String {
        self.text(css).await.unwrap_or_default()
    }

    /// The value of the field.
    pub(super) async fn value(&self, css: &str) -> String {
        self.wait(&format!("{css} has a value"), async || {
            let field = self.browser.find(Locator::Css(css)).await.map_err(|e| e.to_string())?;
            let value = field.prop("value").await.map_err(|error| error.to_string())?;
            Ok(value.unwrap_or_default())
        })
        .await
    }

    async fn text(&self, css: &str) -> Result<String, String> {
        let element = self.browser.find(Locator::Css(css)).await.map_err(|e| e.to_string())?;
        element.text().await.map_err(|error| error.to_string())
    }

    /// Replaces the value of the field by typing `text`.
    pub(super) async fn fill(&self, css: &str, text: &str) {
        let field = self.finds(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(super) async fn press(&self, css: &str) {
        self.finds(css).await.click().await.unwrap();
    }

    /// Presses the primary button.
    pub(super) async fn submits(&self) {
        self.press(".button-main").await;
    }

    /// Answers the step that asks for a number, with the picture.
    pub(super) async fn sends_number(&self, number: &str, answer: &str) {
        self.fill("#mobile", number).await;
        self.fill("#picture", answer).await;
        self.submits().await;
    }

    /// Types on the keyboard, into the focused element.
    pub(super) async fn types(&self, text: &str) {
        self.browser.active_element().await.unwrap().send_keys(text).await.unwrap();
    }

    /// Presses one key, on the focused element.
    pub(super) async fn hits(&self, key: Key) {
        self.types(&char::from(key).to_string()).await;
    }

    /// Waits until the focus is on the element with this id.
    pub(super) async fn has_focus(&self, id: &str) {
        self.wait(&format!("the focus is on #{id}"), async || {
            let at = self.script("return document.activeElement.id").await;
            if at == id { Ok(()) } else { Err(at.to_string()) }
        })
        .await;
    }

    /// Waits until the image is loaded, and returns its address.
    pub(super) async fn shows_picture(&self, css: &str) -> String {
        let script = format!(
            "const image = document.querySelector('{css}');
            return image.complete && image.naturalWidth > 0 ? image.src : null"
        );
        self.wait(&format!("{css} is there"), async || {
            let source = self.script(&script).await;
            source.as_str().map(ToOwned::to_owned).ok_or_else(|| source.to_string())
        })
        .await
    }

    pub(super) async fn script(&self, script: &str) -> Value {
        self.browser.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until a script's value is `true`.
    pub(super) async fn holds(&self, script: &str) {
        self.wait(script, async || {
            let value = self.script(&format!("return {script}")).await;
            if value == true { Ok(()) } else { Err(value.to_string()) }
        })
        .await;
    }

    /// Waits until `look` returns a value; after the timeout, panics with what it saw.
    pub(super) async fn wait<T, F: Future<Output = Result<T, String>>>(
        &self,
        what: &str,
        mut look: impl FnMut() -> F,
    ) -> T {
        let since = Instant::now();
        loop {
            match look().await {
                Ok(value) => return value,
                Err(seen) => assert!(since.elapsed() < PATIENCE, "never: {what}; last: {seen}"),
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Saves a screenshot under the name `station`.
    pub(super) async fn keep(&self, station: &str) {
        let picture = self.browser.screenshot().await.unwrap();
        self.write(station, &picture);
    }

    pub(super) async fn try_keep(&self, station: &str) {
        if let Ok(picture) = self.browser.screenshot().await {
            self.write(station, &picture);
        }
    }

    fn write(&self, station: &str, picture: &[u8]) {
        let number = self.stations.fetch_add(1, Ordering::Relaxed) + 1;
        let folder = artefacts();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{}-{number:02}-{station}.png", self.walk)), picture)
            .unwrap();
    }

    pub(super) async fn assert_clean_console(&self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    /// Errors and warnings of the console since the last call.
    pub(super) async fn complaints(&self) -> Vec<Message> {
        let messages = driver::console(&self.browser).await;
        messages.into_iter().filter(Message::is_complaint).collect()
    }

    pub(super) async fn close(self) {
        let _ = self.browser.close().await;
    }
}

fn artefacts() -> PathBuf {
    let given = env::var_os("PASSPORT_TEST_ARTEFACTS").filter(|path| !path.is_empty());
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-artefacts");
    given.map_or_else(|| default.into(), PathBuf::from)
}
