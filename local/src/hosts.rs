//! By which names this machine may be called. A page elsewhere could otherwise point a name of its own at it
//! (DNS rebinding) and act as if it were ours.

use std::net::IpAddr;

use http::{HeaderMap, Request, Uri, header};

/// The names by which a listener may be called, and the origins whose pages may call it.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Configured host names, lower case, without port.
    names: Vec<String>,
    /// The configured origin of the site, for example `https://photos.example.org`.
    site_origin: Option<String>,
    /// The port of the site, whose pages may call.
    site_port: u16,
    /// Whether files have an address of their own, to which pages of the site come from whichever host they have.
    media_has_own_host: bool,
}

impl Hosts {
    /// Names and origin are those of the configured addresses; IP addresses and `localhost` are always known.
    pub(crate) fn new(site_url: Option<&url::Url>, media_url: Option<&url::Url>, site_port: u16) -> Self {
        Self {
            names: site_url
                .into_iter()
                .chain(media_url)
                .filter_map(|url| url.host_str())
                .map(str::to_lowercase)
                .collect(),
            site_origin: site_url.map(|url| url.origin().ascii_serialization()),
            site_port,
            media_has_own_host: media_url.is_some(),
        }
    }

    /// Whether a request names this machine by a name that is ours.
    pub(crate) fn knows_host_of<B>(&self, request: &Request<B>) -> bool {
        host(request.headers()).is_some_and(|host| self.knows(host_without_port(host)))
    }

    /// Whether a request comes from no page, or from one of the site, which has the same host as the request.
    pub(crate) fn allows_origin_of<B>(&self, request: &Request<B>) -> bool {
        let own_host = host(request.headers()).map(host_without_port).unwrap_or_default();
        request
            .headers()
            .get_all(header::ORIGIN)
            .iter()
            .all(|origin| origin.to_str().is_ok_and(|origin| self.allows_origin(origin, own_host)))
    }

    /// Whether browsers take the address by which a request came as trustworthy: TLS, or this machine itself.
    pub(crate) fn is_trustworthy<B>(&self, request: &Request<B>) -> bool {
        let own_host = host(request.headers()).map(host_without_port).unwrap_or_default();
        let here = own_host == "localhost" || address(own_host).is_some_and(|address| address.is_loopback());
        here || self.site_origin.as_deref().is_some_and(|origin| origin.starts_with("https:"))
    }

    /// The same for the listener of files, where every request is signed anyway.
    pub(crate) fn allows_origin_of_media<B>(&self, request: &Request<B>) -> bool {
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        let mut may_be_site = || origins.all(|origin| origin.to_str().is_ok_and(|origin| self.may_be_site(origin)));
        self.allows_origin_of(request) || (self.media_has_own_host && may_be_site())
    }

    /// Whether an origin may be one of the site at all, under whichever host.
    pub(crate) fn may_be_site(&self, origin: &str) -> bool {
        origin_host(origin).is_some_and(|host| self.allows_origin(origin, &host))
    }

    fn allows_origin(&self, origin: &str, own_host: &str) -> bool {
        if self.site_origin.as_deref() == Some(origin) {
            return true;
        }
        let Ok(uri) = origin.parse::<Uri>() else { return false };
        let Some(authority) = uri.authority() else { return false };
        let host = host_without_port(authority.as_str());
        uri.scheme_str() == Some("http")
            && authority.port_u16().unwrap_or(80) == self.site_port
            && host.eq_ignore_ascii_case(own_host)
            && self.knows(host)
    }

    fn knows(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        address(&host).is_some() || host == "localhost" || self.names.contains(&host)
    }
}

/// The one `Host` of a request; none where there are several.
fn host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    }
}

/// The IP address that a host name is, if it is one.
fn address(host: &str) -> Option<IpAddr> {
    let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    literal.parse().ok()
}

fn origin_host(origin: &str) -> Option<String> {
    Some(host_without_port(origin.parse::<Uri>().ok()?.authority()?.as_str()).to_owned())
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
        Hosts::new(Some(&site), None, 8480)
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

    fn allowed(host: &str, origin: &str) -> bool {
        let request = Request::builder().header("host", host).header("origin", origin).body(()).expect("a request");
        hosts().allows_origin_of(&request)
    }

    #[test]
    fn only_pages_of_the_site_may_call() {
        assert!(allowed("localhost:8480", "http://localhost:8480"));
        assert!(allowed("192.168.1.7:8481", "http://192.168.1.7:8480"));
        assert!(allowed("photos.example.org", "https://photos.example.org"));
        assert!(allowed("media.example.org", "https://photos.example.org"));
        for origin in [
            "http://localhost:3000",
            "https://localhost:8480",
            "http://evil.example:8480",
            "http://203.0.113.5:8480",
            "null",
            "",
            "http://photos.example.org",
        ] {
            assert!(!allowed("localhost:8480", origin), "{origin} may call");
        }
    }
}
