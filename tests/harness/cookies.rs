//! A cookie jar that behaves like a browser on loopback: it keeps and sends `Secure` and `__Host-` cookies to
//! `http://127.0.0.1`, which browsers trust like https and ordinary HTTP clients do not.

use std::sync::Mutex;

use reqwest::{Url, cookie::CookieStore, header::HeaderValue};

/// One person's cookies.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    kept: Mutex<Vec<Cookie>>,
}

/// A cookie as a browser keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The whole Set-Cookie line, attributes and all.
    pub(crate) line: String,
    path: String,
}

impl Jar {
    /// What is kept now.
    pub(crate) fn kept(&self) -> Vec<Cookie> {
        self.kept.lock().expect("the jar").clone()
    }
}

impl Cookie {
    /// Reads a Set-Cookie line; the second value is whether it asks to forget the cookie.
    fn parse(line: &str) -> Option<(Self, bool)> {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        let mut cookie = Self {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            line: line.to_owned(),
            path: "/".to_owned(),
        };
        let mut gone = false;
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "max-age" => gone |= value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                // The usual way to forget a cookie; no other past is told by this program.
                "expires" => gone |= value.contains("1970"),
                _ => {}
            }
        }
        Some((cookie, gone))
    }

    fn goes_to(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'))
    }
}

impl CookieStore for Jar {
    fn set_cookies(&self, headers: &mut dyn Iterator<Item = &HeaderValue>, _: &Url) {
        let mut kept = self.kept.lock().expect("the jar");
        for line in headers.filter_map(|header| header.to_str().ok()) {
            if let Some((cookie, gone)) = Cookie::parse(line) {
                kept.retain(|old| old.name != cookie.name || old.path != cookie.path);
                if !gone {
                    kept.push(cookie);
                }
            }
        }
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        let kept = self.kept.lock().expect("the jar");
        let pairs: Vec<_> = kept
            .iter()
            .filter(|cookie| cookie.goes_to(url.path()))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        if pairs.is_empty() { None } else { HeaderValue::from_str(&pairs.join("; ")).ok() }
    }
}
