//! Every constraint message recorded from AWS, rebuilt from its parts.

use sagebrush::schema::{Constraint, ServiceId, Shown, Violation, enum_order, validation_message};
use serde_json::Value as Json;

use super::stub::Stub;

/// Records that are no whole message of this grammar, or break its one regularity; by a part of their text.
const NOT_WHOLE: [(&str, &str); 5] = [
    ("Value '<V>'", "the value was cut out by whoever published it"),
    ("... (66 values in coral_enum_order)", "the list was cut when it was noted"),
    ("[... (33 values)]", "the list was cut when it was noted"),
    ("... at 'hyperParameters'", "the beginning was cut"),
    ("learning_rate=1e-06}'", "the middle of the value was cut: it is rebuilt as the text it has"),
];

/// Whole messages that this grammar does not produce.
const NOT_OURS: [(&str, &str); 3] = [
    (
        "at 'startingPosition' failed to satisfy constraint: Member must not be null.",
        "Lambda wrote this one by hand, with a dot",
    ),
    ("(Service: DynamoDb,", "Step Functions repeats what another service said, with a trailer"),
    ("(Service: AmazonDynamoDBv2;", "Step Functions repeats what another service said, with a trailer"),
];

/// Lists of words that are not printed in an enum's order, because they are not made from an enum.
const HAND_WRITTEN_LISTS: [&str; 3] = ["compatibleRuntime'", "compatibleRuntimes'", "keyUsage'"];

fn recorded() -> Vec<String> {
    let text = include_str!("../vectors/real_messages.json");
    let Json::Object(groups) = serde_json::from_str(text).unwrap() else { panic!("an object of groups") };
    let messages = groups.values().flat_map(|group| group.as_array().unwrap());
    messages.map(|record| record["message"].as_str().unwrap().to_owned()).collect()
}

fn whole_messages() -> Vec<String> {
    let is_sentence = |message: &String| message.contains("failed to satisfy constraint");
    let cut = |message: &str| NOT_WHOLE[..4].iter().chain(&NOT_OURS).any(|(part, _)| message.contains(part));
    recorded().into_iter().filter(is_sentence).filter(|message| !cut(message)).collect()
}

/// Takes a message apart: the grammar read backwards.
fn parts(message: &str) -> Vec<Violation<'_>> {
    let (count, rest) = message.split_once(" validation error").unwrap();
    let (_, rest) = rest.split_once(" detected: ").unwrap();
    let mut violations = Vec::new();
    for (place, piece) in rest.split("; Value ").enumerate() {
        let piece = if place == 0 { piece.strip_prefix("Value ").unwrap() } else { piece };
        let (before, constraint) = piece.split_once("' failed to satisfy constraint: ").unwrap();
        let (value, path) = before.rsplit_once("at '").unwrap();
        let value = match value.trim_end() {
            "" => Shown::Hidden,
            "null" => Shown::Null,
            quoted => Shown::Text(quoted.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap().into()),
        };
        violations.push(Violation { value, path: path.into(), constraint: read(constraint) });
    }
    assert_eq!(count, violations.len().to_string());
    violations
}

fn read(text: &str) -> Constraint<'_> {
    let limit = |prefix: &str| text.strip_prefix(prefix);
    if text == "Member must not be null" {
        Constraint::NotNull
    } else if let Some(limit) = limit("Member must have length less than or equal to ") {
        Constraint::LengthAtMost(limit.parse().unwrap())
    } else if let Some(limit) = limit("Member must have length greater than or equal to ") {
        Constraint::LengthAtLeast(limit.parse().unwrap())
    } else if let Some(limit) = limit("Member must have value less than or equal to ") {
        Constraint::ValueAtMost(limit.into())
    } else if let Some(limit) = limit("Member must have value greater than or equal to ") {
        Constraint::ValueAtLeast(limit.into())
    } else if let Some(pattern) = limit("Member must satisfy regular expression pattern: ") {
        Constraint::Pattern(pattern)
    } else if let Some(words) = limit("Member must satisfy enum value set: ") {
        Constraint::Enum(inside(words).split(", ").collect())
    } else if let Some(all) = limit("Member must satisfy constraint: ") {
        Constraint::Elements(read_all(all))
    } else if let Some(all) = limit("Map keys must satisfy constraint: ") {
        Constraint::MapKeys(read_all(all))
    } else if let Some(all) = limit("Map value must satisfy constraint: ") {
        Constraint::MapValues(read_all(all))
    } else {
        panic!("no constraint: {text}")
    }
}

fn inside(bracketed: &str) -> &str {
    bracketed.strip_prefix('[').unwrap().strip_suffix(']').unwrap()
}

fn read_all(bracketed: &str) -> Vec<Constraint<'_>> {
    let all = inside(bracketed);
    let starts: Vec<usize> = all.match_indices("Member must").map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).map(|start| start - ", ".len()).chain([all.len()]);
    starts.iter().zip(ends).map(|(start, end)| read(&all[*start..end])).collect()
}

#[test]
fn every_whole_recorded_message_is_rebuilt_from_its_parts() {
    let messages = whole_messages();
    assert!(messages.len() > 70, "only {} messages", messages.len());
    for message in messages {
        assert_eq!(validation_message(&parts(&message)), message);
    }
}

#[test]
fn every_exception_is_still_in_the_records() {
    let recorded = recorded();
    for (part, reason) in NOT_WHOLE.iter().chain(&NOT_OURS) {
        assert!(recorded.iter().any(|message| message.contains(part)), "{part}: {reason}");
    }
}

#[test]
fn recorded_lists_of_words_have_the_order_of_an_enum() {
    let mut lists = 0;
    for message in whole_messages() {
        for violation in parts(&message) {
            let Constraint::Enum(words) = &violation.constraint else { continue };
            if HAND_WRITTEN_LISTS.iter().any(|path| message.contains(path)) {
                continue;
            }
            // Inside a bucket the word declared last is printed first.
            let declared: Vec<&str> = words.iter().rev().copied().collect();
            assert_eq!(&enum_order(&declared), words);
            lists += 1;
        }
    }
    assert!(lists > 20, "only {lists} lists");
}

/// The message for `input`, from the front door to the last check.
async fn refusal(operation: &str, input: Json) -> String {
    let answered = Stub::silent().json(&format!("SageMaker.{operation}"), input.to_string()).await;
    assert_eq!((answered.status.as_u16(), answered.content_type()), (400, "application/x-amz-json-1.1"));
    let body: Json = serde_json::from_str(&answered.body).unwrap();
    assert_eq!(body["__type"], "ValidationException");
    body["message"].as_str().unwrap().to_owned()
}

const MODEL_NAME: &str = r"[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?";

fn variant(model: &str, instance_type: &str) -> Json {
    serde_json::json!({"EndpointConfigName": "c", "ProductionVariants":
        [{"VariantName": "v", "ModelName": model, "InitialInstanceCount": 1, "InstanceType": instance_type}]})
}

/// The text of the pattern is today's; the record has that of its day.
#[tokio::test]
async fn the_recorded_refusals_of_hosting_operations_come_back() {
    assert_eq!(
        refusal("CreateEndpointConfig", variant("ENTER MODEL NAME", "ml.m5.large")).await,
        format!(
            "1 validation error detected: Value 'ENTER MODEL NAME' at 'productionVariants.1.member.modelName' \
             failed to satisfy constraint: Member must satisfy regular expression pattern: {MODEL_NAME}"
        )
    );
    let long = format!("{}!", "a".repeat(63));
    assert_eq!(
        refusal("CreateModel", serde_json::json!({"ModelName": long})).await,
        format!(
            "2 validation errors detected: Value '{long}' at 'modelName' failed to satisfy constraint: Member \
             must have length less than or equal to 63; Value '{long}' at 'modelName' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: {MODEL_NAME}"
        )
    );
    let quoted = "ssd-efficientdet-d0-512x512-coco-'17-202308";
    assert_eq!(
        refusal("CreateModel", serde_json::json!({"ModelName": quoted})).await,
        format!(
            "1 validation error detected: Value '{quoted}' at 'modelName' failed to satisfy constraint: Member \
             must satisfy regular expression pattern: {MODEL_NAME}"
        )
    );
    let message = refusal("CreateEndpointConfig", variant("m", "ml.t3.medium")).await;
    let beginning = "1 validation error detected: Value 'ml.t3.medium' at \
                     'productionVariants.1.member.instanceType' failed to satisfy constraint: Member must \
                     satisfy enum value set: [";
    assert!(message.starts_with(beginning) && message.contains("ml.r5.12xlarge"), "{message}");
    let sets = sagebrush::schema::service(ServiceId::SageMaker).shapes();
    let set = sets.iter().find(|shape| shape.name == "ProductionVariantInstanceType").unwrap();
    let sagebrush::schema::Kind::String { words, .. } = &set.kind else { panic!("text") };
    assert_eq!(message[beginning.len()..], format!("{}]", enum_order(words).join(", ")));
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_in_the_order_of_the_model() {
    let input = serde_json::json!({
        "EndpointConfigName": "c_",
        "ProductionVariants": [
            {"ModelName": "m", "InitialVariantWeight": -0.5, "InitialInstanceCount": 0},
            {"VariantName": "v", "ModelName": "-", "InitialInstanceCount": 99_999_999_999_i64},
        ],
        "AsyncInferenceConfig": {"OutputConfig": {"NotificationConfig": {"IncludeInferenceResponseIn": ["NOBODY"]}}},
        "Tags": [{"Key": "k"}],
    });
    let message = refusal("CreateEndpointConfig", input).await;
    let paths: Vec<&str> =
        message.split(" at '").skip(1).map(|rest| rest.split('\'').next().unwrap()).collect();
    assert_eq!(
        paths,
        [
            "endpointConfigName",
            "productionVariants.1.member.variantName",
            "productionVariants.1.member.initialInstanceCount",
            "productionVariants.1.member.initialVariantWeight",
            "productionVariants.2.member.modelName",
            "productionVariants.2.member.initialInstanceCount",
            "tags.1.member.value",
            "asyncInferenceConfig.outputConfig.notificationConfig.includeInferenceResponseIn",
        ]
    );
    for part in [
        "8 validation errors detected: Value 'c_' at 'endpointConfigName'",
        "; Value null at 'productionVariants.1.member.variantName' failed to satisfy constraint: Member must not be null;",
        "; Value '0' at 'productionVariants.1.member.initialInstanceCount' failed to satisfy constraint: Member must have value greater than or equal to 1;",
        "; Value '-0.5' at 'productionVariants.1.member.initialVariantWeight' failed to satisfy constraint: Member must have value greater than or equal to 0.0;",
        "; Value '99999999999' at 'productionVariants.2.member.initialInstanceCount' failed to satisfy constraint: Member must have value less than or equal to 2147483647;",
        "; Value '[NOBODY]' at 'asyncInferenceConfig.outputConfig.notificationConfig.includeInferenceResponseIn' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
}

#[tokio::test]
async fn containers_report_their_scalars_themselves() {
    let environment = |key: &str, value: &str| serde_json::json!({"ModelName": "m", "PrimaryContainer": {"Environment": {key: value}}});
    let limits = "[Member must have length less than or equal to 1024, Member must have length greater than or \
                  equal to 0, Member must satisfy regular expression pattern: ";
    assert_eq!(
        refusal("CreateModel", environment("1X", "v")).await,
        format!(
            "1 validation error detected: Value '{{1X=v}}' at 'primaryContainer.environment' failed to satisfy \
             constraint: Map keys must satisfy constraint: {limits}[a-zA-Z_][a-zA-Z0-9_]*]"
        )
    );
    let long = "x".repeat(1025);
    assert_eq!(
        refusal("CreateModel", environment("X", &long)).await,
        format!(
            "1 validation error detected: Value '{{X={long}}}' at 'primaryContainer.environment' failed to \
             satisfy constraint: Map value must satisfy constraint: {limits}[\\S\\s]*]"
        )
    );
    let eleven: Vec<Json> =
        (0..11).map(|place| serde_json::json!({"AlarmName": format!("a{place}")})).collect();
    let input = serde_json::json!({"EndpointName": "e", "EndpointConfigName": "c", "DeploymentConfig":
        {"AutoRollbackConfiguration": {"Alarms": eleven}}});
    let message = refusal("CreateEndpoint", input).await;
    assert!(message.contains("Value '[Alarm(alarmName=a0), Alarm(alarmName=a1), "), "{message}");
    assert!(message.contains(" at 'deploymentConfig.autoRollbackConfiguration.alarms' failed"), "{message}");
}

#[tokio::test]
async fn what_is_sensitive_is_not_repeated() {
    let secret = "ThisIsTheSecret".repeat(100);
    let input = serde_json::json!({"WorkforceName": "w", "OidcConfig": {"ClientId": "c", "ClientSecret": secret,
        "Issuer": "https://a", "AuthorizationEndpoint": "https://a", "TokenEndpoint": "https://a",
        "UserInfoEndpoint": "https://a", "LogoutEndpoint": "https://a", "JwksUri": "https://a"}});
    assert_eq!(
        refusal("CreateWorkforce", input).await,
        "1 validation error detected: Value at 'oidcConfig.clientSecret' failed to satisfy constraint: Member \
         must have length less than or equal to 1024"
    );
}
