//! Stories of the lists.

use serde_json::{Value as Json, json};

use crate::clock::wall_now;
use crate::services::sagemaker::tests::Hosting;

fn names(page: &Json) -> Vec<String> {
    let models = page["Models"].as_array().expect("a list");
    models.iter().map(|model| model["ModelName"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_page_has_ten_entries_the_newest_first_and_the_next_one_loses_and_repeats_nothing() {
    let hosting = Hosting::new().await;
    for number in 0..12 {
        hosting.model(&format!("m{number}")).await;
    }
    let first = hosting.get("ListModels", json!({})).await;
    let expected: Vec<_> = (2..12).rev().map(|number| format!("m{number}")).collect();
    assert_eq!(names(&first), expected, "they share one instant: the order is that of their creation");
    hosting.model("late").await;
    hosting.get("DeleteModel", json!({"ModelName": "m2"})).await;
    let rest = hosting.get("ListModels", json!({"NextToken": first["NextToken"]})).await;
    assert_eq!(names(&rest), ["m1", "m0"]);
    assert_eq!(rest.get("NextToken"), None);
}

#[tokio::test]
async fn a_list_is_sorted_and_filtered_as_it_is_asked() {
    let hosting = Hosting::new().await;
    for name in ["web-b", "job", "Web-a"] {
        hosting.model(name).await;
        hosting.pass(1000).await;
    }
    let list = async |asked: Json| names(&hosting.get("ListModels", asked).await);
    assert_eq!(list(json!({"SortOrder": "Ascending"})).await, ["web-b", "job", "Web-a"]);
    assert_eq!(list(json!({"SortBy": "Name", "SortOrder": "Ascending"})).await, ["job", "Web-a", "web-b"]);
    assert_eq!(list(json!({"NameContains": "WEB"})).await, ["Web-a", "web-b"]);
    assert_eq!(list(json!({"NameContains": "-", "MaxResults": 1})).await, ["Web-a"]);
    let job = hosting.get("DescribeModel", json!({"ModelName": "job"})).await["CreationTime"].clone();
    assert_eq!(list(json!({"CreationTimeAfter": job})).await, ["Web-a", "job"]);
    assert_eq!(list(json!({"CreationTimeBefore": job})).await, ["web-b"]);
}

#[tokio::test]
async fn a_script_that_filters_by_its_own_now_means_the_worlds_now() {
    let hosting = Hosting::new().await;
    hosting.model("old").await;
    hosting.pass(86_400).await;
    hosting.model("new").await;
    let now = json!({"CreationTimeAfter": (wall_now().0 - 60_000) as f64 / 1000.0});
    assert_eq!(names(&hosting.get("ListModels", now).await), ["new"]);
}

#[tokio::test]
async fn a_token_of_another_list_or_of_nobody_is_refused() {
    let hosting = Hosting::new().await;
    hosting.endpoint(1).await;
    let configs = hosting.get("ListEndpointConfigs", json!({"MaxResults": 1})).await;
    let token = configs["NextToken"].as_str().expect("two configs");
    assert_eq!(configs["EndpointConfigs"][0]["EndpointConfigName"], json!("green"));
    for (operation, token) in [
        ("ListModels", token),
        ("ListEndpoints", token),
        ("ListModels", "garbage"),
        ("ListModels", ""),
        ("ListModels", "TW9kZWxzOmdhcmJhZ2U="),
    ] {
        let refused = hosting.refused(operation, json!({"NextToken": token})).await;
        assert_eq!(refused, "ValidationException: Invalid NextToken.", "{operation} {token}");
    }
}

#[tokio::test]
async fn endpoints_are_listed_with_their_status_and_filtered_by_it() {
    let hosting = Hosting::new().await;
    hosting.endpoint(1).await;
    hosting.pass(60).await;
    hosting.pass(1000).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "api", "EndpointConfigName": "blue"})).await;
    let list = async |asked: Json| {
        let page = hosting.get("ListEndpoints", asked).await;
        let entries = page["Endpoints"].as_array().expect("a list");
        let shown =
            entries.iter().map(|entry| (entry["EndpointName"].clone(), entry["EndpointStatus"].clone()));
        shown.collect::<Vec<_>>()
    };
    let (api, web) = ((json!("api"), json!("Creating")), (json!("web"), json!("InService")));
    assert_eq!(list(json!({})).await, [api.clone(), web.clone()]);
    assert_eq!(list(json!({"SortBy": "Status"})).await, [web.clone(), api.clone()]);
    assert_eq!(list(json!({"StatusEquals": "InService"})).await, [web]);
    let creation = hosting.get("DescribeEndpoint", json!({"EndpointName": "api"})).await;
    let modified = creation["LastModifiedTime"].clone();
    assert_eq!(list(json!({"LastModifiedTimeAfter": modified})).await, [api]);
    assert_eq!(list(json!({"LastModifiedTimeBefore": modified, "NameContains": "api"})).await, []);
}
