//! Checks of what lies between a client and the server: whether an address is that of the server, and proxies.

use std::net::IpAddr;

use hyper::Uri;

use super::Check;

/// What a variable of the environment says; an empty one says nothing.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Proxies for plain HTTP, as clients read them: most take small letters first.
const PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

/// A place on the network: every name of the loopback is the same.
#[derive(Debug, PartialEq, Eq)]
struct Spot {
    host: String,
    port: u16,
}

impl Spot {
    /// Where a URL leads; none if it is not plain HTTP to the root of a server.
    fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let plain = uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/");
        let host = uri.host().filter(|_| plain)?.to_ascii_lowercase();
        let port = uri.port_u16().unwrap_or(80);
        let host = if is_loopback(&host) { "localhost".to_owned() } else { host };
        Some(Self { host, port })
    }
}

fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    address.map_or_else(|| host == "localhost" || host.ends_with(".localhost"), |it| it.is_loopback())
}

/// Whether both URLs lead to the same server, as far as their text says.
pub(super) fn is_same_server(one: &str, other: &str) -> bool {
    let (one, other) = (Spot::of(one), Spot::of(other));
    one.is_some() && one == other
}

/// Whether a proxy would catch what is meant for the server; none without a proxy.
pub(super) fn proxy(url: &str, variable: Variables<'_>) -> Option<Check> {
    let (name, _) = PROXIES.into_iter().find_map(|name| Some((name, variable(name)?)))?;
    let host = url.parse::<Uri>().ok()?.host()?.trim_matches(['[', ']']).to_ascii_lowercase();
    let excepted = ["no_proxy", "NO_PROXY"].into_iter().find_map(variable).unwrap_or_default();
    let is_excepted = excepted.split(',').any(|entry| excepts(entry.trim(), &host));
    Some(if is_excepted {
        Check::ok("proxy", format!("{name} is set, and NO_PROXY keeps {host} from it"))
    } else {
        let kept = if is_loopback(&host) { "localhost,127.0.0.1,::1" } else { &host };
        Check::wrong("proxy", format!("{name} would catch requests to {host}; export NO_PROXY={kept}"))
    })
}

/// Whether an entry of `NO_PROXY` means the host: all, its name, or the end of its name.
fn excepts(entry: &str, host: &str) -> bool {
    let name = entry.to_ascii_lowercase();
    let name = name
        .rsplit_once(':')
        .filter(|(_, port)| port.parse::<u16>().is_ok())
        .map_or(&*name, |(name, _)| name);
    let end = name.trim_start_matches(['*', '.']);
    entry == "*" || (!end.is_empty() && (host == end || host.ends_with(&format!(".{end}"))))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn the_names_of_the_loopback_are_one_server_and_another_port_is_another() {
        let ours = "http://127.0.0.1:7243";
        for same in [
            "http://localhost:7243/",
            "http://[::1]:7243",
            "HTTP://LocalHost:7243",
            "http://x.localhost:7243",
        ] {
            assert!(is_same_server(same, ours), "{same}");
        }
        for other in [
            "https://localhost:7243",
            "http://localhost:7244",
            "http://sagebrush:7243",
            "http://localhost:7243/x",
            "localhost:7243",
            "",
        ] {
            assert!(!is_same_server(other, ours), "{other}");
        }
    }

    #[test]
    fn a_proxy_catches_what_no_proxy_does_not_except() {
        let found = |url: &str, excepted: &str| {
            let variable = |name: &str| match name {
                "HTTP_PROXY" => Some("http://proxy:3128".to_owned()),
                "NO_PROXY" => Some(excepted.to_owned()),
                _ => None,
            };
            proxy(url, &variable).expect("there is a proxy").verdict
        };
        for excepted in ["127.0.0.1", "*", "example.com, 127.0.0.1:7243"] {
            assert_eq!(found("http://127.0.0.1:7243", excepted), Verdict::Ok, "{excepted}");
        }
        for excepted in ["", "localhost", "27.0.0.1", "."] {
            assert_eq!(found("http://127.0.0.1:7243", excepted), Verdict::Wrong, "{excepted}");
        }
        assert_eq!(found("http://mock.ci.internal:7243", ".ci.internal"), Verdict::Ok);
        assert_eq!(found("http://mock.ci.internal:7243", "*.internal"), Verdict::Ok);
        assert_eq!(proxy("http://127.0.0.1:7243", &|_: &str| None), None);
    }
}
