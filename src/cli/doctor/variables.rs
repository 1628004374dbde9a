//! Checks of the variables that AWS's clients go by: where they send, and which world they mean.

use std::path::Path;

use super::Check;
use super::network::{Variables, is_same_server};
use crate::cli::place::account_of;
use crate::domain::world::WorldId;

/// Where every service is.
const EVERY: &str = "AWS_ENDPOINT_URL";

/// Where one service is, which wins over the place of all.
const EACH: [(&str, &str); 4] = [
    ("SageMaker", "AWS_ENDPOINT_URL_SAGEMAKER"),
    ("SageMaker Runtime", "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"),
    ("CloudWatch", "AWS_ENDPOINT_URL_CLOUDWATCH"),
    ("STS", "AWS_ENDPOINT_URL_STS"),
];

const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// Whether the world that is asked is the one of the clients.
pub(super) fn world(world: &WorldId, variable: Variables<'_>) -> Check {
    let account = variable("AWS_ACCESS_KEY_ID").map(account_of);
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let theirs = WorldId::new(
        account.unwrap_or_else(|| WorldId::DEFAULT_ACCOUNT.to_owned()),
        region.unwrap_or_else(|| WorldId::DEFAULT_REGION.to_owned()),
    );
    if theirs == *world {
        return Check::ok("world", format!("{world}"));
    }
    Check::note("world", format!("{world} is asked; the AWS clients of this environment see {theirs}"))
}

/// Where clients send what is meant for each service.
pub(super) fn endpoints(url: &str, variable: Variables<'_>) -> Vec<Check> {
    let every = std::iter::once(("every service", EVERY));
    let said: Vec<_> =
        every.chain(EACH).filter_map(|(service, name)| Some((service, name, variable(name)?))).collect();
    let mut checks: Vec<_> =
        said.iter().map(|(service, name, to)| endpoint(url, service, name, to)).collect();
    let ignored = variable(IGNORE).is_some_and(|text| text.eq_ignore_ascii_case("true"));
    if ignored && !said.is_empty() {
        let sentence =
            format!("{IGNORE} is true, so clients go to AWS whatever the other variables say; unset it");
        checks.push(Check::wrong("endpoint", sentence));
    }
    let is_said = |wanted: &str| said.iter().any(|(_, name, _)| *name == wanted);
    let missing: Vec<_> =
        EACH.iter().filter(|(_, name)| !is_said(name)).map(|(service, _)| *service).collect();
    if !is_said(EVERY) && !missing.is_empty() {
        let sentence = format!(
            "{EVERY} is not set: clients of {} go to AWS unless they get --endpoint-url {url}, in code endpoint_url; or export \
             {EVERY}={url}",
            missing.join(", ")
        );
        checks.push(Check::note("endpoint", sentence));
    }
    checks
}

fn endpoint(url: &str, service: &str, name: &str, to: &str) -> Check {
    if is_same_server(to, url) {
        return Check::ok("endpoint", format!("{name} sends {service} to {to}"));
    }
    let sentence =
        format!("{name} sends {service} to {to}, not to the server that is asked; export {name}={url}");
    Check::wrong("endpoint", sentence)
}

/// Where moto's decorators send what they catch, if they are to send it to a server; none if they are not.
pub(super) fn moto(url: &str, variable: Variables<'_>) -> Option<Check> {
    variable("TEST_SERVER_MODE").filter(|text| text.eq_ignore_ascii_case("true"))?;
    let name = "TEST_SERVER_MODE_ENDPOINT";
    Some(variable(name).map_or_else(
        || Check::wrong("moto", format!("TEST_SERVER_MODE is true without {name}; export {name}={url}")),
        |to| Check { subject: "moto", ..endpoint(url, "moto's decorators", name, &to) },
    ))
}

/// The region. boto3 and the AWS CLI of version 1 know `AWS_DEFAULT_REGION` alone, most other clients `AWS_REGION`.
pub(super) fn region(variable: Variables<'_>) -> Check {
    let said = (variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"));
    match said {
        (Some(one), Some(other)) if one == other => Check::ok("region", one),
        (Some(one), Some(other)) => Check::wrong(
            "region",
            format!(
                "AWS_REGION is {one} and AWS_DEFAULT_REGION is {other}: boto3 goes by the second, other clients and this \
                 command by the first, and each region is a world of its own; set both alike"
            ),
        ),
        (None, Some(only)) => Check::ok("region", format!("{only}, by AWS_DEFAULT_REGION")),
        (Some(only), None) => Check::note(
            "region",
            format!("{only}, by AWS_REGION, which boto3 does not read; export AWS_DEFAULT_REGION={only}"),
        ),
        (None, None) => Check::note(
            "region",
            format!(
                "neither AWS_REGION nor AWS_DEFAULT_REGION is set: clients refuse to work unless code or a profile \
                 names a region; export AWS_DEFAULT_REGION={}",
                WorldId::DEFAULT_REGION
            ),
        ),
    }
}

/// Where clients may find credentials that the environment does not have; what is in there is not looked at.
fn elsewhere(variable: Variables<'_>) -> Option<String> {
    if let Some(profile) = variable("AWS_PROFILE") {
        return Some(format!("the profile {profile}"));
    }
    let of_roles = [
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    if let Some(name) = of_roles.into_iter().find(|name| variable(name).is_some()) {
        return Some(format!("the role of {name}"));
    }
    let files = [("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")];
    let path =
        |(name, file)| variable(name).or_else(|| variable("HOME").map(|home| format!("{home}/.aws/{file}")));
    files.into_iter().filter_map(path).find(|path| Path::new(path).is_file())
}

/// The credentials, whose key is the account if it has 12 digits.
pub(super) fn credentials(variable: Variables<'_>) -> Check {
    let example =
        format!("export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY=secret", WorldId::DEFAULT_ACCOUNT);
    match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        (Some(_), None) => Check::wrong(
            "credentials",
            "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY, so clients refuse to work; any secret will do",
        ),
        (None, Some(_)) => {
            let sentence = format!("AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID; {example}");
            Check::wrong("credentials", sentence)
        }
        (None, None) => match elsewhere(variable) {
            Some(source) => Check::note(
                "credentials",
                format!(
                    "none in the environment, and clients refuse to work unless {source} has some; {example}"
                ),
            ),
            None => Check::wrong(
                "credentials",
                format!(
                    "none in the environment nor in a file, so clients refuse to work unless code has some; {example}"
                ),
            ),
        },
        (Some(key), _) if WorldId::account_refusal(&key).is_none() => {
            Check::ok("credentials", format!("AWS_ACCESS_KEY_ID has 12 digits, so the account is {key}"))
        }
        _ => Check::note(
            "credentials",
            format!(
                "AWS_ACCESS_KEY_ID is not of 12 digits, so the account is {}; a key of 12 digits is an account of its own",
                WorldId::DEFAULT_ACCOUNT
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Note, Ok, Wrong};
    use super::*;

    const URL: &str = "http://127.0.0.1:7243";

    fn environment(said: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        let said: Vec<_> = said.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        move |wanted| said.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.clone())
    }

    #[test]
    fn an_endpoint_that_is_another_server_is_wrong_and_one_that_nobody_named_is_noted() {
        let found = |said: &[(&str, &str)]| {
            let checks = endpoints(URL, &environment(said));
            checks.into_iter().map(|check| check.verdict).collect::<Vec<_>>()
        };
        assert_eq!(found(&[(EVERY, "http://localhost:7243")]), [Ok]);
        assert_eq!(
            found(&[(EVERY, URL), ("AWS_ENDPOINT_URL_CLOUDWATCH", "http://localhost:4566")]),
            [Ok, Wrong]
        );
        assert_eq!(found(&[(EVERY, "https://localhost:7243")]), [Wrong]);
        assert_eq!(found(&[]), [Note]);
        assert_eq!(found(&[("AWS_ENDPOINT_URL_SAGEMAKER", URL)]), [Ok, Note]);
        assert_eq!(found(&[(EVERY, URL), (IGNORE, "true")]), [Ok, Wrong]);
        assert_eq!(found(&EACH.map(|(_, name)| (name, URL))), [Ok; 4]);
        let told = &endpoints(URL, &environment(&[("AWS_ENDPOINT_URL_SAGEMAKER", URL)]))[1].sentence;
        assert!(told.contains("clients of SageMaker Runtime, CloudWatch, STS go to AWS"), "{told}");
    }

    #[test]
    fn decorators_of_moto_that_go_elsewhere_are_wrong() {
        let found = |said: &[(&str, &str)]| moto(URL, &environment(said)).map(|check| check.verdict);
        let (on, name) = (("TEST_SERVER_MODE", "true"), "TEST_SERVER_MODE_ENDPOINT");
        assert_eq!(found(&[on, (name, URL)]), Some(Ok));
        assert_eq!(found(&[on, (name, "http://localhost:5000")]), Some(Wrong));
        assert_eq!((found(&[on]), found(&[])), (Some(Wrong), None));
    }

    #[test]
    fn two_regions_are_two_worlds() {
        let found = |said: &[(&str, &str)]| region(&environment(said)).verdict;
        let (one, other) = (("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "us-east-1"));
        assert_eq!(found(&[one, other]), Wrong);
        assert_eq!(found(&[one, ("AWS_DEFAULT_REGION", "eu-west-1")]), Ok);
        assert_eq!((found(&[other]), found(&[one]), found(&[])), (Ok, Note, Note));
    }

    #[test]
    fn a_key_says_the_account_and_half_of_the_credentials_is_none() {
        let found = |said: &[(&str, &str)]| {
            let check = credentials(&environment(said));
            (check.verdict, check.sentence)
        };
        let (key, secret) = (("AWS_ACCESS_KEY_ID", "222222222222"), ("AWS_SECRET_ACCESS_KEY", "secret"));
        assert_eq!(found(&[key, secret]).0, Ok);
        assert!(found(&[key, secret]).1.ends_with("the account is 222222222222"));
        let (verdict, sentence) = found(&[("AWS_ACCESS_KEY_ID", "testing"), secret]);
        assert!(verdict == Note && sentence.contains("the account is 123456789012"), "{sentence}");
        assert_eq!((found(&[key]).0, found(&[secret]).0, found(&[]).0), (Wrong, Wrong, Wrong));
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let (verdict, sentence) = found(&[("AWS_CONFIG_FILE", file)]);
        assert!(verdict == Note && sentence.contains(file), "{sentence}");
        assert_eq!(found(&[("AWS_CONFIG_FILE", "/nowhere"), ("HOME", "/nowhere")]).0, Wrong);
        assert_eq!(found(&[("AWS_PROFILE", "ci")]).0, Note);
        assert!(found(&[("AWS_PROFILE", "ci")]).1.contains("the profile ci"));
        assert!(!found(&[("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), secret]).1.contains("AKIA"));
    }

    #[test]
    fn a_world_that_the_clients_do_not_see_is_noted() {
        let clients =
            environment(&[("AWS_ACCESS_KEY_ID", "222222222222"), ("AWS_DEFAULT_REGION", "eu-west-1")]);
        assert_eq!(world(&WorldId::new("222222222222", "eu-west-1"), &clients).verdict, Ok);
        let other = world(&WorldId::new("333333333333", "eu-west-1"), &clients);
        assert!(other.verdict == Note && other.sentence.ends_with("see 222222222222/eu-west-1"), "{other:?}");
    }
}
