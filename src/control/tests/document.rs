//! `openapi/sagebrush.yaml` says what the code does: the same paths, the same methods, and every answer of
//! exactly the members that its schema has.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::House;
use crate::control::ROUTES;

/// The document.
pub(super) struct Document(Value);

impl Document {
    pub(super) fn read() -> Self {
        Self(serde_saphyr::from_str(include_str!("../../../openapi/sagebrush.yaml")).unwrap())
    }

    fn paths(&self) -> &Map<String, Value> {
        self.0["paths"].as_object().unwrap()
    }

    /// Holds `value` against the schema of that name.
    pub(super) fn conforms(&self, schema: &str, value: &Value) {
        if let Err(why) = self.check(&json!({"$ref": format!("#/components/schemas/{schema}")}), value) {
            panic!("{value} is no {schema}: {why}");
        }
    }

    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        if let Some(pointer) = schema["$ref"].as_str() {
            let schema = self.0.pointer(pointer.trim_start_matches('#'));
            return self.check(schema.ok_or(format!("there is no {pointer}"))?, value);
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let any = choices.iter().any(|choice| self.check(choice, value).is_ok());
            return if any { Ok(()) } else { Err(format!("{value} is none of {choices:?}")) };
        }
        let types = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
        if !types.iter().any(|one| is_a(value, one.as_str().unwrap_or_default())) {
            return Err(format!("{value} is not a {}", schema["type"]));
        }
        if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
            return Err(format!("{value} is not among {}", schema["enum"]));
        }
        for item in value.as_array().into_iter().flatten() {
            self.check(&schema["items"], item)?;
        }
        value.as_object().map_or(Ok(()), |members| self.check_members(schema, members))
    }

    fn check_members(&self, schema: &Value, members: &Map<String, Value>) -> Result<(), String> {
        for (name, member) in members {
            let any = Some(&schema["additionalProperties"]).filter(|any| any.is_object());
            let known = schema["properties"].get(name).or(any);
            let known = known.ok_or(format!("{name} is not in the document"))?;
            self.check(known, member).map_err(|why| format!("{name}: {why}"))?;
        }
        let required = schema["required"].as_array().into_iter().flatten();
        let missing = required.filter_map(Value::as_str).find(|name| !members.contains_key(*name));
        missing.map_or(Ok(()), |name| Err(format!("{name} is missing")))
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[tokio::test]
async fn the_document_has_the_paths_and_methods_of_the_code() {
    let (house, document) = (House::new().await, Document::read());
    let documented: BTreeSet<_> = document.paths().keys().map(String::as_str).collect();
    assert_eq!(documented, ROUTES.iter().map(|route| route.path).collect());
    for (path, methods) in document.paths() {
        for method in ["get", "put", "post", "delete", "patch"] {
            let (status, _) = house
                .send(
                    &method.to_uppercase(),
                    &path
                        .replace("{id}", "none")
                        .replace("{name}", "none")
                        .replace("{verb}", "pause")
                        .replace("{instance_type}", "ml.m5.large"),
                    "",
                )
                .await;
            let taken = status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(taken, methods.get(method).is_some(), "{method} {path}: {status}");
        }
    }
}

/// Every reference of this part of the document.
fn references(part: &Value) -> Vec<&str> {
    match part {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn whatever_the_document_refers_to_is_in_it_and_nothing_else() {
    let Document(document) = Document::read();
    let named: BTreeSet<_> = references(&document).into_iter().map(str::to_owned).collect();
    let kinds =
        document["components"].as_object().unwrap().iter().filter(|(kind, _)| *kind != "securitySchemes");
    let there = kinds.flat_map(|(kind, parts)| {
        parts.as_object().unwrap().keys().map(move |name| format!("#/components/{kind}/{name}"))
    });
    assert_eq!(named, there.collect());
}

#[test]
fn every_operation_says_how_it_refuses() {
    let document = Document::read();
    for (path, item) in document.paths() {
        let operations = item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters");
        for (method, operation) in operations {
            let needed = |status: &str| match status {
                "401" => path != "/_sagebrush/health",
                "404" => path.contains('{'),
                "413" => operation.get("requestBody").is_some(),
                _ => true,
            };
            for status in ["401", "403", "404", "413", "503"].into_iter().filter(|status| needed(status)) {
                assert!(operation["responses"].get(status).is_some(), "{method} {path}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn every_answer_has_the_members_of_the_document() {
    let (house, document) = (House::new().await, Document::read());
    house.endpoint("shop").await;
    house.canary("shop").await;
    house.model("wise", json!({"SAGEBRUSH_LATENCY_MS": "5/40"})).await;
    let demand = json!({
        "requests_per_second": 5, "daily": {"peak_requests_per_second": 9, "peak_hour": 4},
        "bursts": {"requests_per_second": 1, "every_seconds": 60, "for_seconds": 6},
    });
    let behaviour = json!({
        "warmup": {"seconds": 180, "factor": 4}, "response": {"body": "yes"}, "concurrency": 4,
        "latency_ms": {"p50": 1, "p99": 2}, "fail_after_seconds": 900, "health": "failing-after:3",
    });
    document.conforms("demand", &demand);
    document.conforms("behaviour", &behaviour);
    let [question, varied] = questions();
    document.conforms("plan_question", &json!({"instances": 2, "traffic": 2, "bad_latency_ms": "80/400"}));
    let (traffic, wise) = ("/_sagebrush/endpoints/shop/traffic", "/_sagebrush/models/wise/behaviour");
    let requests = [
        ("PUT", "/_sagebrush/clock", json!({"mode": "manual"}), "clock"),
        ("GET", "/_sagebrush/clock", Value::Null, "clock"),
        ("POST", "/_sagebrush/clock/advance", json!({"seconds": 400}), "advanced"),
        ("GET", "/_sagebrush/deployments", Value::Null, "deployments"),
        ("GET", "/_sagebrush/deployments/shop-2", Value::Null, "described_deployment"),
        ("POST", "/_sagebrush/deployments/shop-2/pause", json!({"version": 3}), "steered"),
        ("POST", "/_sagebrush/deployments/shop-2/abort", Value::Null, "steered"),
        ("PUT", traffic, demand, "endpoint_traffic"),
        ("GET", traffic, Value::Null, "endpoint_traffic"),
        ("DELETE", traffic, Value::Null, "endpoint_traffic"),
        ("PUT", wise, behaviour, "model_behaviour"),
        ("GET", wise, Value::Null, "model_behaviour"),
        ("DELETE", wise, Value::Null, "model_behaviour"),
        ("GET", "/_sagebrush/health", Value::Null, "health"),
        ("POST", "/_sagebrush/plan", question, "plan"),
        ("POST", "/_sagebrush/plan", varied, "plan"),
        ("POST", "/_sagebrush/reset", Value::Null, "clock"),
        ("POST", "/moto-api/reset", Value::Null, "done"),
    ];
    for request in requests {
        holds(&house, &document, request).await;
    }
}

#[tokio::test]
async fn answers_about_faults_and_limits_have_the_members_of_the_document() {
    let (house, document) = (House::new().await, Document::read());
    house.endpoint("shop").await;
    let (faults, limited) = ("/_sagebrush/faults", "/_sagebrush/capacity/ml.m5.large");
    let errors =
        json!({"kind": "error_rate", "rate": 0.5, "start": {"step": 2}, "scope": {"endpoint": "shop"}});
    document.conforms("add_fault", &errors);
    document.conforms("set_capacity", &json!({"pool": 9, "quota": null}));
    let requests = [
        ("PUT", limited, json!({"pool": 9}), "instance_type"),
        ("GET", "/_sagebrush/capacity", Value::Null, "capacity"),
        ("DELETE", limited, Value::Null, "instance_type"),
        ("POST", faults, errors, "fault"),
        ("POST", faults, json!({"kind": "instances_die", "instances": 1}), "fault"),
        ("POST", faults, json!({"kind": "latency", "latency_ms": {"p50": 1, "p99": 2}}), "fault"),
        ("POST", faults, json!({"kind": "api_latency", "latency_ms": 1, "operations": []}), "fault"),
        ("GET", faults, Value::Null, "faults"),
        ("GET", "/_sagebrush/faults/fault-1", Value::Null, "fault"),
        ("DELETE", "/_sagebrush/faults/fault-1", Value::Null, "withdrawn"),
        ("DELETE", faults, Value::Null, "withdrawn"),
    ];
    for request in requests {
        holds(&house, &document, request).await;
    }
}

/// A request, and the schema of its answer.
type Asked<'a> = (&'a str, &'a str, Value, &'a str);

/// Holds the answer to a request against its schema, which the document has to name there.
async fn holds(house: &House, document: &Document, (method, path, body, schema): Asked<'_>) {
    let answer = house.ask(method, path, body).await;
    document.conforms(schema, &answer);
    let template = path
        .replace("shop-2/pause", "{id}/{verb}")
        .replace("shop-2/abort", "{id}/{verb}")
        .replace("shop-2", "{id}")
        .replace("fault-1", "{id}")
        .replace("ml.m5.large", "{instance_type}")
        .replace("/shop/", "/{name}/")
        .replace("/wise/", "/{name}/");
    let said = &document.paths()[&template][&method.to_lowercase()]["responses"]["200"]["content"];
    let named = format!("#/components/schemas/{schema}");
    assert_eq!(said["application/json"]["schema"]["$ref"], *named, "{method} {path}");
    let lists = ["transitions", "deployments", "events", "faults", "instance_types"];
    let shows = lists.iter().all(|list| answer.get(list) != Some(&json!([])));
    assert!(shows, "{path} shows too little: {answer}");
}

/// Questions about plans, which together are answered by everything that a plan can say.
fn questions() -> [Value; 2] {
    let question = json!({
        "instances": 2, "traffic": 2, "bad_error_rate": 0.5, "fail_at": "step 1", "runs": 2, "explain": true,
        "config": {
            "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
                "Type": "CANARY", "WaitIntervalInSeconds": 300,
                "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
            }},
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
        },
        "alarms": ["errors: Invocation5XXErrors Sum > 5 for 1 x 60s"],
    });
    [question, json!({"instances": 2, "bad_latency_ms": "80/400", "sweep": {"bad_error_rate": [0.1, "0.2"]}})]
}
