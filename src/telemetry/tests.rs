//! What the page of figures says of requests, and that nobody from outside can make it grow.

use std::time::Duration;

use super::{Live, Requests, Work, page};
use crate::domain::deployment::Phase;
use crate::domain::event::{CauseKind, EventKind};
use crate::schema::{Operation, Service, ServiceId, service};

/// A service and one of its operations.
fn named(id: ServiceId, name: &str) -> (&'static Service, &'static Operation) {
    (service(id), service(id).operation(name).unwrap())
}

/// The lines of the requests' counter.
fn counted(requests: &Requests) -> Vec<String> {
    let page = page(requests, &Work::default(), &Live::of([], 0)).unwrap();
    page.lines().filter(|line| line.starts_with("sagebrush_requests_total")).map(str::to_owned).collect()
}

#[test]
fn requests_are_told_by_service_operation_and_code() {
    let requests = Requests::default();
    let describe = named(ServiceId::SageMaker, "DescribeEndpoint");
    let millisecond = Duration::from_millis(1);
    requests.count(Some(describe), "200", millisecond);
    requests.count(Some(describe), "200", millisecond);
    requests.count(Some(describe), "ValidationException", millisecond);
    requests.count(Some(named(ServiceId::Sts, "GetCallerIdentity")), "200", millisecond);
    requests.count(None, "404", millisecond);
    let told = [
        r#"{code="200",operation="DescribeEndpoint",service="SageMaker"} 2"#,
        r#"{code="ValidationException",operation="DescribeEndpoint",service="SageMaker"} 1"#,
        r#"{code="200",operation="GetCallerIdentity",service="STS"} 1"#,
        r#"{code="404",operation="unknown",service="unknown"} 1"#,
    ];
    let mut told = told.map(|line| format!("sagebrush_requests_total{line}"));
    let mut counted = counted(&requests);
    counted.sort();
    told.sort();
    assert_eq!(counted, told);
}

#[test]
fn codes_without_end_make_no_series_without_end() {
    let requests = Requests::default();
    let describe = named(ServiceId::SageMaker, "DescribeEndpoint");
    for number in 0..100 {
        requests.count(Some(describe), &format!("Code{number}"), Duration::ZERO);
    }
    let counted = counted(&requests);
    assert_eq!(counted.len(), 33);
    assert!(
        counted.iter().any(|line| line.contains(r#"code="other""#) && line.ends_with(" 68")),
        "{counted:?}"
    );
}

#[test]
fn what_one_server_counts_is_not_in_the_page_of_another() {
    let (one, other) = (Requests::default(), Requests::default());
    one.count(None, "403", Duration::ZERO);
    assert_eq!((counted(&one).len(), counted(&other).len()), (1, 0));
}

#[test]
fn every_figure_has_a_name_by_convention_and_a_sentence() {
    let requests = Requests::default();
    requests.count(None, "403", Duration::ZERO);
    let page = page(&requests, &Work::default(), &Live::of([], 0)).unwrap();
    let mut names = Vec::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("# HELP ")) {
        let (name, sentence) = line.split_once(' ').unwrap();
        assert!(sentence.ends_with('.') && name.starts_with("sagebrush_"), "{line}");
        names.push(name);
    }
    let ours = [
        "sagebrush_deliveries_total",
        "sagebrush_live_deployments",
        "sagebrush_outbox_depth",
        "sagebrush_request_duration_seconds",
        "sagebrush_requests_total",
        "sagebrush_rollbacks_total",
        "sagebrush_step_lag_seconds",
        "sagebrush_store_duration_seconds",
    ];
    assert_eq!(names, ours);
}

#[test]
fn a_cause_has_the_word_that_the_history_has_for_it() {
    for cause in CauseKind::ALL {
        assert_eq!(serde_json::to_value(cause).unwrap(), cause.word());
    }
}

#[test]
fn phases_are_called_as_the_history_calls_them() {
    for word in Phase::WORDS {
        assert!(serde_json::from_value::<EventKind>(word.into()).is_ok(), "{word} is in no history");
    }
}
