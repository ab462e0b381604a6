//! By which names this machine may be called. A page elsewhere could otherwise point a name of its own at it
//! (DNS rebinding) and act as if it were ours.

use std::net::IpAddr;

use http::{HeaderMap, Request, Uri, header};

/// The names by which a listener may be called, and the origins whose pages may call it.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Configured host names, lower case, without port.
    names: Vec<String>,
    /// Configured origins, for example `https://photos.example.org`.
    origins: Vec<String>,
    /// The port of the site, whose pages may call.
    site_port: u16,
}

impl Hosts {
    /// Names and origins are those of the configured addresses; IP addresses and `localhost` are always known.
    pub(crate) fn new(urls: &[&url::Url], site_url: Option<&url::Url>, site_port: u16) -> Self {
        Self {
            names: urls.iter().filter_map(|url| url.host_str()).map(str::to_lowercase).collect(),
            origins: site_url.map(|url| url.origin().ascii_serialization()).into_iter().collect(),
            site_port,
        }
    }

    /// Whether a request names this machine by a name that is ours.
    pub(crate) fn knows_host_of<B>(&self, request: &Request<B>) -> bool {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
            (Some(host), None) => self.knows(host_without_port(host)),
            _ => false,
        }
    }

    /// Whether pages of an origin may call.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        if self.origins.iter().any(|known| known == origin) {
            return true;
        }
        let Ok(uri) = origin.parse::<Uri>() else { return false };
        let Some(authority) = uri.authority() else { return false };
        uri.scheme_str() == Some("http")
            && authority.port_u16().unwrap_or(80) == self.site_port
            && self.knows(host_without_port(authority.as_str()))
    }

    /// Whether the request comes from no page, or from one of ours.
    pub(crate) fn allows_origin_of(&self, headers: &HeaderMap) -> bool {
        headers.get_all(header::ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(|o| self.allows_origin(o)))
    }

    fn knows(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        let literal = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(&host);
        literal.parse::<IpAddr>().is_ok() || host == "localhost" || self.names.contains(&host)
    }
}

/// The host of `host:port`; an IPv6 address keeps its brackets.
pub(crate) fn host_without_port(host: &str) -> &str {
    match host.rfind(':') {
        Some(colon) if !host[colon..].contains(']') => &host[..colon],
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        let site = url::Url::parse("https://photos.example.org").expect("a URL");
        Hosts::new(&[&site], Some(&site), 8480)
    }

    fn known(host: &str) -> bool {
        hosts().knows_host_of(&Request::builder().header("host", host).body(()).expect("a request"))
    }

    #[test]
    fn addresses_localhost_and_configured_names_are_known() {
        for host in ["127.0.0.1:8480", "192.168.1.7", "[::1]:8480", "[fe80::1]", "localhost:1", "Photos.Example.Org"] {
            assert!(known(host), "{host} is not known");
        }
        for host in
            ["evil.example", "localhost.evil.example:8480", "127.0.0.1.evil.example", "", "photos.example.org.evil"]
        {
            assert!(!known(host), "{host} is known");
        }
    }

    #[test]
    fn only_pages_of_the_site_may_call() {
        for origin in ["http://localhost:8480", "http://192.168.1.7:8480", "https://photos.example.org"] {
            assert!(hosts().allows_origin(origin), "{origin} may not call");
        }
        for origin in [
            "http://localhost:3000",
            "https://localhost:8480",
            "http://evil.example:8480",
            "null",
            "",
            "http://photos.example.org",
        ] {
            assert!(!hosts().allows_origin(origin), "{origin} may call");
        }
    }
}
