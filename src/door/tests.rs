//! Who comes in: tables of hosts, of pages and of tokens.

use super::*;

/// The loopback alone, with one more name.
fn at_home() -> Door {
    Door::new(&["Sagebrush".to_owned()], false, None)
}

/// The same off the loopback.
fn in_town(token: Option<&str>) -> Door {
    Door::new(&["Sagebrush.".to_owned()], true, token.map(|text| Token::new(text).expect("a token")))
}

fn headers(pairs: &[(&HeaderName, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| ((*name).clone(), value.parse().expect("a header"))).collect()
}

fn verdict(door: &Door, pairs: &[(&HeaderName, &str)]) -> Result<(), Outside> {
    door.admit(&Uri::from_static("/"), &headers(pairs))
}

const OURS: [&str; 14] = [
    "localhost",
    "LOCALHOST:7243",
    "localhost.",
    "localhost.:7243",
    "a.localhost:1",
    "127.0.0.1:7243",
    "127.9.9.9",
    "127.0.0.1.",
    "[::1]:7243",
    "[::1]",
    "[::ffff:127.0.0.1]:7243",
    "sagebrush:7243",
    "SAGEBRUSH",
    "sagebrush.",
];

const FOREIGN: [&str; 21] = [
    "evil.example",
    "evil.example:7243",
    "localhost.evil.example",
    "evil-localhost",
    "sagebrush.evil.example",
    "sagebrush..",
    "0.0.0.0:7243",
    "[::]:7243",
    "2130706433",
    "0x7f000001",
    "127.1",
    "user@localhost",
    "user:secret@localhost:7243",
    "[::1",
    "[localhost",
    "",
    ":7243",
    "localhost:7243:1",
    "localhost:http",
    "local host",
    "\u{ff4c}ocalhost",
];

#[test]
fn only_loopback_and_listed_names_are_answered() {
    for host in OURS {
        assert_eq!(verdict(&at_home(), &[(&HOST, host)]), Ok(()), "{host}");
    }
    for host in FOREIGN.into_iter().chain(["[::2]", "192.168.1.5:7243"]) {
        let outside = verdict(&at_home(), &[(&HOST, host)]);
        assert!(matches!(outside, Err(Outside::Host(_))), "{host}: {outside:?}");
    }
    assert_eq!(verdict(&at_home(), &[]), Ok(()), "a client of HTTP/1.0 is no browser");
    let told = verdict(&at_home(), &[(&HOST, "evil.example")]).unwrap_err().to_string();
    assert!(told.starts_with("\"evil.example\" is no name of this server;"), "{told}");
}

#[test]
fn where_the_network_is_trusted_every_address_is_answered_and_still_no_foreign_name() {
    for host in OURS.into_iter().chain(["192.168.1.5:7243", "10.0.0.7", "[::2]", "[2001:db8::1]:7243"]) {
        assert_eq!(verdict(&in_town(None), &[(&HOST, host)]), Ok(()), "{host}");
    }
    for host in FOREIGN {
        let outside = verdict(&in_town(None), &[(&HOST, host)]);
        assert!(matches!(outside, Err(Outside::Host(_))), "{host}: {outside:?}");
    }
}

#[test]
fn a_second_name_does_not_hide_behind_the_first_and_a_whole_address_counts_for_both() {
    let two = [(&HOST, "localhost"), (&HOST, "evil.example")];
    assert_eq!(verdict(&at_home(), &two), Err(Outside::Host("evil.example".to_owned())));
    let absolute = |target: &'static str, host| {
        at_home().admit(&Uri::from_static(target), &headers(&[(&HOST, host)])).is_ok()
    };
    assert!(absolute("http://localhost:7243/", "proxy.example"));
    assert!(!absolute("http://evil.example/", "localhost"));
}

#[test]
fn pages_of_other_origins_are_refused() {
    let host = (&HOST, "localhost:7243");
    for origin in ["http://evil.example", "null", "http://localhost:3000", "http://localhost", "file://", ""]
    {
        assert_eq!(verdict(&at_home(), &[host, (&ORIGIN, origin)]), Err(Outside::Page), "{origin}");
    }
    for origin in ["http://localhost:7243", "https://localhost:7243"] {
        assert_eq!(verdict(&at_home(), &[host, (&ORIGIN, origin)]), Ok(()), "{origin}");
    }
    for (site, outcome) in [
        ("cross-site", Err(Outside::Page)),
        ("same-site", Err(Outside::Page)),
        ("same-origin", Ok(())),
        // An address that the user typed.
        ("none", Ok(())),
    ] {
        assert_eq!(verdict(&at_home(), &[host, (&SEC_FETCH_SITE, site)]), outcome, "{site}");
    }
}

#[test]
fn the_control_api_is_opened_by_its_token_alone() {
    let opens = |door: &Door, given: &str| door.admit_to_control(&headers(&[(&AUTHORIZATION, given)]));
    for door in [in_town(Some("s3cret")), Door::new(&[], false, Token::new("s3cret"))] {
        for right in ["Bearer s3cret", "bearer s3cret", "BEARER  s3cret"] {
            assert_eq!(opens(&door, right), Ok(()), "{right}");
        }
        for wrong in ["Bearer s3cre", "Bearer s3crets", "Bearer S3CRET", "Bearer", "Bearer ", "s3cret", ""] {
            assert_eq!(opens(&door, wrong), Err(Outside::Token), "{wrong:?}");
        }
        for scheme in ["Basic s3cret", "Bearers3cret", "Token s3cret", "AWS4-HMAC-SHA256 Credential=s3cret"] {
            assert_eq!(opens(&door, scheme), Err(Outside::Token), "{scheme}");
        }
        assert_eq!(door.admit_to_control(&HeaderMap::new()), Err(Outside::Token));
    }
}

#[test]
fn without_a_token_the_control_api_is_open_at_home_and_closed_in_town() {
    assert_eq!(at_home().admit_to_control(&HeaderMap::new()), Ok(()));
    let closed = in_town(None).admit_to_control(&headers(&[(&AUTHORIZATION, "Bearer ")])).unwrap_err();
    assert_eq!(closed, Outside::Closed);
    assert!(closed.to_string().contains("SAGEBRUSH_CONTROL_TOKEN"), "{closed}");
}

/// A link that is followed in a page of another origin, with a header otherwise; one of no text is left out.
fn following(name: HeaderName, text: &str) -> Result<(), Outside> {
    let link = [
        (HOST, "localhost:7243"),
        (SEC_FETCH_SITE, "cross-site"),
        (SEC_FETCH_MODE, "navigate"),
        (SEC_FETCH_DEST, "document"),
    ];
    let mut headers: HeaderMap =
        link.map(|(name, text)| (name, text.parse().expect("a header"))).into_iter().collect();
    headers.insert(&name, text.parse().expect("a header"));
    if text.is_empty() {
        headers.remove(name);
    }
    at_home().admit_visitor(&Uri::from_static("/"), &headers)
}

#[test]
fn a_visitor_may_come_by_a_link_of_any_page_if_he_opens_a_whole_document() {
    for site in ["cross-site", "same-site", "same-origin", "none"] {
        assert_eq!(following(SEC_FETCH_SITE, site), Ok(()), "{site}");
    }
    for (name, text) in [
        (SEC_FETCH_MODE, "no-cors"),
        (SEC_FETCH_MODE, "cors"),
        (SEC_FETCH_MODE, "nested-navigate"),
        (SEC_FETCH_MODE, ""),
        (SEC_FETCH_DEST, "iframe"),
        (SEC_FETCH_DEST, "embed"),
        (SEC_FETCH_DEST, "empty"),
        (SEC_FETCH_DEST, ""),
        // A form that is sent: the page would not see the answer, but it might have changed something.
        (ORIGIN, "http://evil.example"),
        (ORIGIN, "null"),
    ] {
        assert_eq!(following(name.clone(), text), Err(Outside::Page), "{name}: {text}");
    }
}

#[test]
fn a_visitor_calls_the_server_by_its_name_whatever_leads_him_there() {
    for host in FOREIGN.into_iter().filter(|host| !host.is_empty()) {
        let outside = following(HOST, host);
        assert!(matches!(outside, Err(Outside::Host(_))), "{host}: {outside:?}");
    }
    let visits =
        |pairs: &[(&HeaderName, &str)]| at_home().admit_visitor(&Uri::from_static("/"), &headers(pairs));
    let host = (&HOST, "localhost:7243");
    assert_eq!(visits(&[]), Ok(()));
    assert_eq!(visits(&[host, (&ORIGIN, "http://localhost:7243")]), Ok(()));
    assert_eq!(visits(&[host, (&ORIGIN, "http://evil.example")]), Err(Outside::Page));
    assert_eq!(visits(&[host, (&SEC_FETCH_SITE, "cross-site")]), Err(Outside::Page));
}
