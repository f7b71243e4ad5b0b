//! Where a request comes from, for limits.
//!
//! That is the address of whoever is connected. Behind a proxy it is the proxy's, and all visitors would count as one: there
//! the operator names the header in which the proxy tells whom it serves, and the last address in it counts, which the
//! proxy itself has added. What stands before it the visitor may have written. Without the setting no header is believed.

use std::net::{IpAddr, SocketAddr};

use poem::http::HeaderMap;
use poem::web::RemoteAddr;
use poem::{FromRequest, Request, RequestBody};

use crate::kernel::Db;
use crate::kernel::limit::Source;

impl<'a> FromRequest<'a> for Source {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let header = request.data::<Db>().and_then(|db| db.installation().client_address_header.as_deref());
        let told = header.and_then(|name| last_address(request.headers(), name));
        Ok(told.or_else(|| connected(request.remote_addr())).map(Self::of).unwrap_or_default())
    }
}

fn connected(address: &RemoteAddr) -> Option<IpAddr> {
    Some(address.as_socket_addr()?.ip())
}

/// The last address of a list such as `203.0.113.7, 198.51.100.4:4711`.
fn last_address(headers: &HeaderMap, name: &str) -> Option<IpAddr> {
    let last = headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().or_else(|_| last.parse::<SocketAddr>().map(|address| address.ip())).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use poem::http::HeaderMap;

    use super::last_address;

    #[test]
    fn what_the_proxy_added_last_counts() {
        let mut headers = HeaderMap::new();
        let last = |headers: &HeaderMap| last_address(headers, "x-forwarded-for").map(|ip| ip.to_string());
        assert_eq!(last(&headers), None);
        headers.append("x-forwarded-for", "198.51.100.1, 203.0.113.7".parse().unwrap());
        assert_eq!(last(&headers).as_deref(), Some("203.0.113.7"));
        headers.append("x-forwarded-for", "203.0.113.8:4711".parse().unwrap());
        assert_eq!(last(&headers).as_deref(), Some("203.0.113.8"), "also of several headers");
        headers.append("x-forwarded-for", "[2001:db8::1]:80".parse().unwrap());
        assert_eq!(last(&headers).as_deref(), Some("2001:db8::1"));
        headers.append("x-forwarded-for", "203.0.113.9, unknown".parse().unwrap());
        assert_eq!(last(&headers), None, "what is no address is none");
    }
}
