//! Real Chromium through its own driver: what people see, as pictures and as axe finds it.
//!
//! ```ignore
//! let browser = Browser::open(program.base()).await;
//! browser.take_cookies(&officer).await;              // signed in as the visitor is
//! browser.go("/procurements").await;
//! browser.is_accessible().await;                     // both sizes, light and dark
//! browser.look(WIDE, Light::Day).await;
//! browser.screenshot("comparison-1366").await;       // tests/screenshots/comparison-1366.png
//! ```

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use crate::{Visitor, machine};

/// A laptop's window: width and height in CSS pixels.
pub const WIDE: (u32, u32) = (1366, 768);
/// A telephone's.
pub const NARROW: (u32, u32) = (390, 844);

/// Each browser takes both cores. Under nextest the test group does this; under `cargo test` this lock does.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// How a page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Light colours.
    Day,
    /// Dark colours.
    Night,
    /// On paper.
    Print,
}

/// A browser with one window and a profile of its own.
#[derive(Debug)]
pub struct Browser {
    /// fantoccini's client, for everything that this file has no word for.
    pub client: Client,
    session: String,
    base: String,
    driver: Child,
    profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// One rule that a page breaks, as axe says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// axe's name of the rule.
    pub id: String,
    /// minor, moderate, serious, critical.
    pub impact: String,
    /// What the rule asks.
    pub help: String,
    /// The elements, as HTML.
    pub nodes: Vec<String>,
}

impl Browser {
    /// Opens a browser. Stories that call this are told by `in_chromium!`.
    pub async fn open(base: &str) -> Self {
        let turn = ONE_AT_A_TIME.lock().await;
        let profile =
            tempfile::Builder::new().prefix("commonlot-browser-").tempdir().expect("a temporary folder");
        let (driver, driver_at) = start_driver();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ];
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        arguments.push(format!("--window-size={},{}", WIDE.0, WIDE.1));
        let mut wishes = serde_json::Map::new();
        wishes.insert("browserName".to_owned(), json!("chrome"));
        let binary = machine::chromium().expect("a story in Chromium is told by in_chromium!");
        wishes.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments, "binary": binary }));
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(wishes).connect(&driver_at).await;
        let client = client.unwrap_or_else(|error| panic!("Chromium did not start: {error}"));
        let id = client.session_id().await.expect("the session").expect("an open session");
        let session = format!("{driver_at}/session/{id}");
        Self { client, session, base: base.to_owned(), driver, profile, _turn: turn }
    }

    /// The folder of its profile, which goes when it closes.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// Opens a path.
    pub async fn go(&self, path: &str) {
        let url = if path.contains("://") { path.to_owned() } else { format!("{}{path}", self.base) };
        self.client.goto(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Types into the control with this name, after emptying it.
    pub async fn fill(&self, name: &str, text: &str) {
        let control = self.find(&format!("[name='{name}']")).await;
        control.clear().await.unwrap_or_else(|error| panic!("{name} cannot be emptied: {error}"));
        control.send_keys(text).await.unwrap_or_else(|error| panic!("{name} takes no text: {error}"));
    }

    /// Presses the button with this text, and waits for the page that follows.
    pub async fn press(&self, text: &str) {
        self.click_by_path(&format!(
            "//button[normalize-space()='{text}'] | //input[@type='submit'][@value='{text}']"
        ))
        .await;
    }

    /// Follows the link with this text.
    pub async fn follow(&self, text: &str) {
        self.click_by_path(&format!("//a[normalize-space()='{text}']")).await;
    }

    /// The element that a CSS selector finds, waited for.
    pub async fn find(&self, selector: &str) -> fantoccini::elements::Element {
        let waiting =
            self.client.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css(selector)).await;
        match waiting {
            Ok(element) => element,
            Err(error) => panic!("{selector}: {error}\n{}", self.shown().await),
        }
    }

    /// The h1's text.
    pub async fn h1(&self) -> String {
        self.find("h1").await.text().await.expect("the heading's text")
    }

    /// Signs in as the visitor is: takes over the cookies.
    pub async fn take_cookies(&self, visitor: &Visitor) {
        for (name, value) in visitor.cookies() {
            let secure = name.starts_with("__");
            let cookie = json!({ "name": name, "value": value, "url": self.base, "path": "/", "secure": secure, "httpOnly": true });
            let done = self.devtools("Network.setCookie", cookie).await;
            assert!(done["success"] != json!(false), "Chromium refused the cookie {name}");
        }
    }

    /// Shows pages at a size and in a light from now on.
    pub async fn look(&self, (width, height): (u32, u32), light: Light) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let media = if light == Light::Print { "print" } else { "" };
        let scheme = if light == Light::Night { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features })).await;
    }

    /// Switches the pages' own scripts off or on; it holds from the next page.
    pub async fn scripts(&self, on: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await;
    }

    /// Keeps a picture of the whole page as `tests/screenshots/NAME.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.devtools("Page.captureScreenshot", whole).await;
        let folder = machine::tests_folder().join("screenshots");
        std::fs::create_dir_all(&folder).expect("the folder of screenshots");
        let path = folder.join(format!("{name}.png"));
        let encoded = picture["data"].as_str().expect("a picture");
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).expect("base64");
        std::fs::write(&path, bytes).expect("the screenshot can be written");
        path
    }

    /// Whether the page must be scrolled sideways as it is shown now.
    pub async fn scrolls_sideways(&self) -> bool {
        let script = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        self.script(script).await == json!(true)
    }

    /// What axe finds on the page as it is shown now, by the rules of WCAG 2.2 A and AA and best practice.
    pub async fn axe(&self) -> Vec<Violation> {
        let axe = std::fs::read_to_string(machine::axe().expect("axe-core")).expect("axe-core can be read");
        // One evaluation, so that axe never becomes part of the page: the page's own policy forbids other scripts.
        let script = format!(
            "{axe}; axe.run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }})\
             .then(found => JSON.stringify(found.violations.map(rule => ({{ id: rule.id, impact: rule.impact || '', \
             help: rule.help, nodes: rule.nodes.map(node => node.html) }}))))"
        );
        let arguments = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let found = self.devtools("Runtime.evaluate", arguments).await;
        let text = found["result"]["value"].as_str().unwrap_or_else(|| panic!("axe did not run: {found:#}"));
        let found: Vec<Value> = serde_json::from_str(text).expect("axe's answer");
        found.iter().map(Violation::parse).collect()
    }

    /// Looks at the page at both sizes, in light and dark: no violation, and no sideways scroll.
    pub async fn is_accessible(&self) {
        let mut faults = Vec::new();
        for size in [WIDE, NARROW] {
            for light in [Light::Day, Light::Night] {
                self.look(size, light).await;
                for violation in self.axe().await {
                    faults.push(format!("{size:?} {light:?}: {violation:?}"));
                }
                if self.scrolls_sideways().await {
                    faults.push(format!("{size:?} {light:?}: scrolls sideways"));
                }
            }
        }
        self.look(WIDE, Light::Day).await;
        assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), self.shown().await);
    }

    /// Runs a script in the page, whether its own scripts are on or off.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A command of the browser's own protocol, which fantoccini has no word for.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let answer = client.post(format!("{}/goog/cdp/execute", self.session)).json(&body).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{command}: {error:?}"));
        let answer: Value = answer.json().await.unwrap_or_else(|error| panic!("{command}: {error:?}"));
        assert!(answer["value"]["error"].is_null(), "{command}: {answer:#}");
        answer["value"].clone()
    }

    /// By hand and blocking, since nothing can be awaited while being dropped.
    fn end_session(&self) -> std::io::Result<()> {
        let (address, path) = self.session.trim_start_matches("http://").split_once('/').unwrap_or_default();
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "DELETE /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = [0; 15];
        stream.read_exact(&mut answer)?;
        if answer.starts_with(b"HTTP/1.1 200") {
            return Ok(());
        }
        Err(std::io::Error::other(String::from_utf8_lossy(&answer)))
    }

    async fn click_by_path(&self, path: &str) {
        let waiting =
            self.client.wait().at_most(Duration::from_secs(10)).for_element(Locator::XPath(path)).await;
        let element = match waiting {
            Ok(element) => element,
            Err(error) => panic!("{path}: {error}\n{}", self.shown().await),
        };
        element.click().await.unwrap_or_else(|error| panic!("{path} cannot be clicked: {error}"));
    }

    /// Where the browser is and what it shows, for failure messages.
    async fn shown(&self) -> String {
        let url =
            self.client.current_url().await.map_or_else(|error| error.to_string(), |url| url.to_string());
        let source = self.client.source().await.unwrap_or_default();
        let page = crate::Page::from_html("http://127.0.0.1/", &source);
        format!("{url} shows “{}”: {}", page.title(), page.text())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The session's end closes Chromium, and the answer says that it is gone. A signal to the driver alone can
        // leave Chromium behind.
        if let Err(error) = self.end_session() {
            #[expect(clippy::print_stderr, reason = "the test runner shows this with a failure")]
            {
                eprintln!("the browser's session did not end: {error}");
            }
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

impl Violation {
    fn parse(found: &Value) -> Self {
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        let nodes = found["nodes"].as_array().into_iter().flatten();
        Self {
            id: text("id"),
            impact: text("impact"),
            help: text("help"),
            nodes: nodes.filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }
}

/// Starts the driver on a port that it chooses itself, and reads which one.
fn start_driver() -> (Child, String) {
    let program = machine::chromedriver().expect("a story in Chromium is told by in_chromium!");
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let port = loop {
        let Some(Ok(line)) = lines.next() else {
            drop(driver.kill());
            panic!("chromedriver ended before it said its port");
        };
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            break port.trim_end_matches('.').to_owned();
        }
    };
    // Kept read to the end, so that the driver never blocks on a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (driver, format!("http://127.0.0.1:{port}"))
}
