//! What may be called of that which clients name. A server that calls whatever it is told is a way around every wall that
//! stands before the operator's network, so nothing is called that is not listed.
//!
//! A listed name may lead to a private network: in a compose file it does. It never leads to addresses of a link, where
//! clouds keep their secrets, nor to the loopback unless it is named as that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// A host and a port that may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAndPort {
    host: String,
    port: u16,
}

impl HostAndPort {
    /// The pair that a text says, such as `127.0.0.1:8080` or `[::1]:80`; `None` if it says none.
    pub fn read(text: &str) -> Option<Self> {
        let url = Url::parse(&format!("http://{text}")).ok()?;
        let (_, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port > 0)?;
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.username().is_empty()
            && !text.contains(['/', '?', '#', '@']);
        is_bare.then_some(Self { host: url.host_str()?.to_owned(), port })
    }
}

/// What may be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(pub Vec<HostAndPort>);

impl Allowed {
    /// Whether an address is listed; else why it is not called.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        if !["http", "https"].contains(&url.scheme()) {
            return Err(format!("{} is no address for HTTP.", url.scheme()));
        }
        if self.0.iter().any(|it| it.host == host && it.port == port) {
            return literal(host).map_or(Ok(()), |ip| reachable(host, ip));
        }
        Err(format!("{host}:{port} is not called, because SAGEBRUSH_ALLOW_TARGETS does not list it."))
    }
}

/// The address that a host is by itself.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a host may lead to this address; else why not.
pub(super) fn reachable(host: &str, ip: IpAddr) -> Result<(), String> {
    let ip = embedded(ip.to_canonical());
    let is_loopback_by_name = host == "localhost" || host.ends_with(".localhost") || literal(host).is_some();
    let is_never = match ip {
        IpAddr::V4(ip) => {
            ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_link_local()
                || ip.is_broadcast()
                || METADATA.contains(&ip)
        }
        IpAddr::V6(ip) => {
            ip.is_unspecified() || ip.is_multicast() || is_link_local(ip) || ip == METADATA_OF_EC2
        }
    };
    if is_never || (ip.is_loopback() && !is_loopback_by_name) {
        return Err(format!("{host} leads to {ip}, which is not called."));
    }
    Ok(())
}

/// Where clouds answer for a machine beside the addresses of its link: Alibaba's and Azure's, and EC2's of IPv6.
const METADATA: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16)];
const METADATA_OF_EC2: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The address of IPv4 that is written into one of IPv6, for translators (`64:ff9b::/96`) or in the oldest way (`::/96`).
fn embedded(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let [first, second, third, fourth, fifth, sixth, high, low] = v6.segments();
    let is_plain = [third, fourth, fifth, sixth] == [0; 4];
    let is_embedded =
        is_plain && ((first, second) == (0x64, 0xff9b) || ((first, second) == (0, 0) && high != 0));
    if !is_embedded {
        return ip;
    }
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d).into()
}

/// `fe80::/10`.
fn is_link_local(ip: Ipv6Addr) -> bool {
    ip.segments()[0] & 0xffc0 == 0xfe80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(list: &[&str]) -> Allowed {
        Allowed(list.iter().map(|text| HostAndPort::read(text).expect(text)).collect())
    }

    fn check(list: &[&str], url: &str) -> Result<(), String> {
        allowed(list).check(&Url::parse(url).expect(url))
    }

    #[test]
    fn a_host_and_its_port_are_listed_together() {
        let list = ["127.0.0.1:8080", "[::1]:8080", "hooks.example.com:443", "LOCALHOST:80"];
        for url in [
            "http://127.0.0.1:8080/a?b",
            "http://[::1]:8080",
            "https://hooks.example.com/x",
            "http://localhost",
            "http://2130706433:8080/",
            "http://0x7f.1:8080/",
            "https://HOOKS.example.com:443/",
        ] {
            assert_eq!(check(&list, url), Ok(()), "{url}");
        }
        for url in [
            "http://127.0.0.1:8081/",
            "http://127.0.0.2:8080/",
            "http://hooks.example.com/x",
            "https://localhost/",
            "http://127.0.0.1:8080@evil.example.com/",
            "http://hooks.example.com.:443/",
            "http://hooks_example.com:443/",
            "https://evil.example.com/#hooks.example.com:443",
        ] {
            assert!(
                check(&list, url).expect_err(url).contains("SAGEBRUSH_ALLOW_TARGETS does not list it"),
                "{url}"
            );
        }
        assert!(check(&list, "ftp://127.0.0.1:8080/").is_err());
        assert!(check(&[], "http://127.0.0.1:8080/").is_err());
    }

    #[test]
    fn where_clouds_keep_their_secrets_is_never_called() {
        for (list, url) in [
            ("169.254.169.254:80", "http://169.254.169.254/latest/meta-data"),
            ("[::ffff:169.254.169.254]:80", "http://[::ffff:169.254.169.254]/"),
            ("[fe80::1]:80", "http://[fe80::1]/"),
            ("0.0.0.0:80", "http://0.0.0.0/"),
        ] {
            assert!(check(&[list], url).expect_err(url).ends_with("which is not called."), "{url}");
        }
    }

    #[test]
    fn a_name_leads_to_a_private_network_but_not_back_to_this_machine() {
        let ip = |text: &str| text.parse::<IpAddr>().expect(text);
        for (host, address) in [
            ("moto", "172.18.0.2"),
            ("localhost", "127.0.0.1"),
            ("a.localhost", "::1"),
            ("x.io", "93.184.216.34"),
        ] {
            assert_eq!(reachable(host, ip(address)), Ok(()), "{host}");
        }
        for (host, address) in [
            ("x.io", "127.0.0.1"),
            ("x.io", "::1"),
            ("x.io", "::ffff:127.0.0.1"),
            ("x.io", "169.254.169.254"),
            ("x.io", "0.0.0.0"),
            ("x.io", "fd00:ec2::254"),
            ("x.io", "64:ff9b::a9fe:a9fe"),
            ("x.io", "::a9fe:a9fe"),
            ("x.io", "64:ff9b::7f00:1"),
            ("x.io", "100.100.100.200"),
            ("x.io", "168.63.129.16"),
            ("localhost", "169.254.0.1"),
        ] {
            assert!(reachable(host, ip(address)).is_err(), "{host} {address}");
        }
    }

    #[test]
    fn what_is_no_host_and_port_is_none() {
        for text in [
            "",
            "localhost",
            "localhost:",
            "localhost:0",
            "localhost:99999",
            ":80",
            "a@b:80",
            "a/b:80",
            "http://a:80",
            "a:80/",
            "a b:80",
            "a:80?x",
        ] {
            assert_eq!(HostAndPort::read(text), None, "{text}");
        }
    }
}
