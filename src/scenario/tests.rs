//! What files say, and what is wrong with them.

use serde_json::json;

use super::*;

fn told(text: &str, format: Format) -> Vec<String> {
    let scenario = Scenario::read(text, format).unwrap_or_else(|wrong| panic!("{wrong}"));
    let steps = scenario.steps.iter().map(|step| {
        let request = match &step.request {
            Request::Aws { operation, input } => format!("{operation} {input}"),
            Request::Control { method, path, body } => format!("{method} {path} {body}"),
            Request::Settle => "settle".to_owned(),
        };
        format!("{}: {request}", step.place.line)
    });
    steps.collect()
}

fn wrong(text: &str) -> String {
    Scenario::read(text, Format::Toml).expect_err(text).to_string()
}

const TOML: &str = r#"
clock = "manual"

[models.v1]
[models.v2]
error_rate = 0.2
environment = { SAGEBRUSH_STARTUP_SECONDS = "5" }

[endpoints.shop]
model = "v1"
instances = 3
tags = { team = "a" }

[endpoint_configs.shop-v2]
model = "v2"
instances = 3

[alarms.errors]
endpoint = "shop"
MetricName = "Invocation5XXErrors"
Statistic = "Average"
Threshold = 0.05

[capacity."ml.m5.large"]
pool = 9

[traffic]
shop = 20

[[faults]]
kind = "alarm"
alarm = "errors"
"#;

const YAML: &str = r"
clock: manual
models:
  v1: {}
  v2:
    error_rate: 0.2
    environment: {SAGEBRUSH_STARTUP_SECONDS: '5'}
endpoints:
  shop:
    model: v1
    instances: 3
    tags: {team: a}
endpoint_configs:
  shop-v2:
    model: v2
    instances: 3
alarms:
  errors:
    endpoint: shop
    MetricName: Invocation5XXErrors
    Statistic: Average
    Threshold: 0.05
capacity:
  ml.m5.large: {pool: 9}
traffic: {shop: 20}
faults:
- kind: alarm
  alarm: errors
";

#[test]
fn a_scenario_is_the_requests_that_make_it_in_an_order_in_which_they_can_be_made() {
    let steps = told(TOML, Format::Toml);
    let starts: Vec<&str> =
        steps.iter().map(|step| step.split(['{', '"']).next().unwrap_or_default()).collect();
    assert_eq!(
        starts,
        [
            "4: CreateModel ",
            "5: CreateModel ",
            "5: PUT models/v2/behaviour ",
            "14: CreateEndpointConfig ",
            "9: CreateEndpointConfig ",
            "9: CreateEndpoint ",
            "9: settle",
            "24: PUT capacity/ml%2Em5%2Elarge ",
            "18: PUT ",
            "28: PUT endpoints/shop/traffic ",
            "30: POST faults ",
        ]
        .map(|start| if start == "18: PUT " { "18: PutMetricAlarm " } else { start })
    );
    assert_eq!(Scenario::read(TOML, Format::Toml).unwrap().clock.unwrap().0, "manual");
}

#[test]
fn the_same_world_is_told_in_toml_yaml_and_json() {
    let without_lines = |steps: Vec<String>| -> Vec<String> {
        steps.into_iter().map(|step| step.split_once(": ").unwrap().1.to_owned()).collect()
    };
    let toml = without_lines(told(TOML, Format::Toml));
    assert_eq!(without_lines(told(YAML, Format::Yaml)), toml);
    let json = yaml::parse(YAML).unwrap().to_json().to_string();
    assert_eq!(without_lines(told(&json, Format::Yaml)), toml);
    assert_eq!(told("", Format::Yaml), told("", Format::Toml));
}

#[test]
fn an_alarm_has_awss_words_and_a_few_short_ones() {
    let scenario = Scenario::read(TOML, Format::Toml).unwrap();
    let alarm = scenario.steps.iter().find_map(|step| match &step.request {
        Request::Aws { operation: "PutMetricAlarm", input } => Some(input.clone()),
        _ => None,
    });
    let wanted = json!({
        "MetricName": "Invocation5XXErrors", "Statistic": "Average", "Threshold": 0.05, "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": "shop"}, {"Name": "VariantName", "Value": "AllTraffic"}],
        "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "AlarmName": "errors",
    });
    assert_eq!(alarm, Some(wanted));
    let composite = told("[alarms.all]\nAlarmRule = \"ALARM(errors)\"", Format::Toml);
    assert_eq!(composite, [r#"1: PutCompositeAlarm {"AlarmRule":"ALARM(errors)","AlarmName":"all"}"#]);
}

#[test]
fn variants_are_told_one_by_one_where_there_are_several() {
    let steps = told(
        "[endpoint_configs.two]\nvariants = [{name = \"a\", model = \"m\", weight = 3}, {name = \"b\", model = \"m\"}]",
        Format::Toml,
    );
    let variants = json!([
        {"VariantName": "a", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "InitialVariantWeight": 3, "ModelName": "m"},
        {"VariantName": "b", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1, "ModelName": "m"},
    ]);
    let input = json!({"EndpointConfigName": "two", "ProductionVariants": variants});
    assert_eq!(steps, [format!("1: CreateEndpointConfig {input}")]);
}

#[test]
fn components_come_after_the_endpoints_that_host_them_and_before_what_is_about_them() {
    let steps = told(
        "[traffic]\n\"inference-component/llm\" = 5\n\
         [alarms.errors]\ninference_component = \"llm\"\nMetricName = \"InvocationModelErrors\"\n\
         [inference_components.llm]\nendpoint = \"web\"\nmodel = \"m\"\ncopies = 2\naccelerators = 1\n\
         [inference_components.small]\nendpoint = \"web\"\nvariant = \"AllTraffic\"\nmodel = \"m\"\ncpu_cores = 0.5\nmemory_mb = 128\n\
         [endpoints.web]\nhosts_components = true\nmanaged_instances = { min = 0, max = 4 }\n",
        Format::Toml,
    );
    let variant = json!({
        "VariantName": "AllTraffic", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1,
        "ManagedInstanceScaling": {"Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 4},
    });
    let config = json!({"EndpointConfigName": "web", "ProductionVariants": [variant]});
    let large = json!({"MinMemoryRequiredInMb": 1024, "NumberOfAcceleratorDevicesRequired": 1});
    let large = json!({
        "InferenceComponentName": "llm", "EndpointName": "web",
        "Specification": {"ModelName": "m", "ComputeResourceRequirements": large}, "RuntimeConfig": {"CopyCount": 2},
    });
    let small = json!({"MinMemoryRequiredInMb": 128, "NumberOfCpuCoresRequired": 0.5});
    let small = json!({
        "InferenceComponentName": "small", "EndpointName": "web",
        "Specification": {"ModelName": "m", "ComputeResourceRequirements": small}, "RuntimeConfig": {"CopyCount": 1},
        "VariantName": "AllTraffic",
    });
    let endpoint = json!({"EndpointName": "web", "EndpointConfigName": "web"});
    let alarm = json!({
        "ComparisonOperator": "GreaterThanThreshold", "MetricName": "InvocationModelErrors", "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "InferenceComponentName", "Value": "llm"}],
        "Period": 60, "EvaluationPeriods": 1, "AlarmName": "errors",
    });
    let wanted = [
        format!("17: CreateEndpointConfig {config}"),
        format!("17: CreateEndpoint {endpoint}"),
        "17: settle".to_owned(),
        format!("6: CreateInferenceComponent {large}"),
        format!("11: CreateInferenceComponent {small}"),
        "6: settle".to_owned(),
        format!("3: PutMetricAlarm {alarm}"),
        r#"2: PUT endpoints/inference%2Dcomponent%2Fllm/traffic {"requests_per_second":5}"#.to_owned(),
    ];
    assert_eq!(steps, wanted);
}

#[test]
fn what_is_wrong_with_endpoints_and_components_is_told_with_its_line_and_its_key() {
    let table = [
        (
            "[endpoints.shop]\ninstances = 3",
            "line 1, endpoints.shop: It needs a model, or hosts_components = true.",
        ),
        (
            "[endpoints.shop]\nmodel = \"m\"\ninstance = 3",
            "line 3, endpoints.shop.instance: It is not known; there are config, tags, model, hosts_components, managed_instances, \
             instances, instance_type, variants.",
        ),
        (
            "[endpoints.shop]\nconfig = \"c\"\nmodel = \"m\"",
            "line 2, endpoints.shop.config: It has a \"config\" already, which says its \"model\".",
        ),
        (
            "[endpoints.shop]\nmodel = \"m\"\nhosts_components = true",
            "line 1, endpoints.shop: What has hosts_components = true has no model of its own.",
        ),
        (
            "[endpoints.shop]\nhosts_components = 1",
            "line 2, endpoints.shop.hosts_components: It must be true or false, not a number.",
        ),
        (
            "[inference_components.llm]\nmodel = \"m\"",
            "line 1, inference_components.llm: It needs an endpoint.",
        ),
        (
            "[inference_components.llm]\nendpoint = \"e\"\nmodel = \"m\"\ncopy = 2",
            "line 4, inference_components.llm.copy: It is not known; there are endpoint, variant, model, copies, \
             accelerators, cpu_cores, memory_mb.",
        ),
    ];
    for (text, sentence) in table {
        assert_eq!(wrong(text), sentence, "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_its_key() {
    let table = [
        (
            "modles = 1",
            "line 1, modles: It is not known; there are clock, models, endpoint_configs, endpoints, inference_components, capacity, alarms, traffic, faults.",
        ),
        (
            "\n[models]\nv1 = 3",
            "line 3, models.v1: It must be a table: image, environment, and how the model behaves, not a number.",
        ),
        ("[alarms.a]\nTreshold = 3", "line 2, alarms.a.Treshold: It is not known; there are "),
        (
            "[alarms.a]\nvariant = \"v\"",
            "line 2, alarms.a.variant: A \"variant\" is one of an \"endpoint\", which is not said.",
        ),
        ("[faults]\nkind = \"alarm\"", "line 1, faults: It must be a list of tables."),
        (
            "[traffic]\nshop = \"20\"",
            "line 2, traffic.shop: It must be a number of requests a second, or a table that has requests_per_second, not a text.",
        ),
        (
            "clock = 3",
            "line 1, clock: It must be \"real\", \"manual\" or a rate such as \"60x\", not a number.",
        ),
        ("a = 1\na = 2", "line 2: It is no TOML: duplicate key."),
        ("a = [1,", "line 1: It is no TOML: "),
        ("x = nan", "line 1, x: NaN is no number that can be used here."),
    ];
    for (text, sentence) in table {
        let told = wrong(text);
        assert!(told.starts_with(sentence) || told == sentence, "{text}: {told}");
    }
    let yaml = |text| Scenario::read(text, Format::Yaml).expect_err(text).to_string();
    assert_eq!(yaml("models:\n  v1: {}\n  v1: {}"), "line 3: It is no YAML: duplicated key in mapping.");
    assert_eq!(
        yaml("models: {}\n---\nmodels: {}"),
        "line 3: A scenario is one document: there must be no other."
    );
    assert!(Scenario::read("models:\n  v1:", Format::Yaml).is_ok(), "nothing behind a key is an empty table");
    assert_eq!(yaml("- 1"), "line 1: It must be a table of sections, not a list.");
    assert_eq!(
        yaml("models: !x {}"),
        "line 1, models: It must be plain YAML: values, lists and tables, without tags."
    );
    assert_eq!(
        yaml("models:\n  v1: [1"),
        "line 3: It is no YAML: while parsing a flow sequence, expected ',' or ']'."
    );
}

#[test]
fn a_refusal_is_told_at_the_key_that_it_names() {
    let scenario = Scenario::read(TOML, Format::Toml).unwrap();
    let place = &scenario.steps[2].place;
    assert_eq!(
        place.wrong("The member \"error_rate\" must be a number from 0 to 1.").to_string(),
        "line 6, models.v2.error_rate: The member \"error_rate\" must be a number from 0 to 1."
    );
    assert_eq!(place.wrong("It is refused.").to_string(), "line 5, models.v2: It is refused.");
}

#[test]
fn what_aws_refuses_is_told_at_the_key_that_its_path_means() {
    let text = "[endpoint_configs.two]\nvariants = [\n{name = \"a\", model = \"m\"},\n{name = \"b\", model = \"m\", instances = 0}]";
    let place = Scenario::read(text, Format::Toml).unwrap().steps[0].place.clone();
    let told = |input: &Value, sentence: &str| {
        let Wrong { line, key, .. } = place.refused("CreateEndpointConfig", input, sentence);
        (line, key.trim_start_matches("endpoint_configs.two").to_owned())
    };
    let broken = "1 validation error detected: Value '0' at 'productionVariants.2.member.initialInstanceCount' failed to \
                  satisfy constraint: Member must have value greater than or equal to 1";
    assert_eq!(told(&json!({}), broken), (4, ".variants[1].instances".to_owned()));
    let of_type = |variant: Value| told(&json!({"ProductionVariants": [{}, variant]}), "no String");
    assert_eq!(of_type(json!({"ModelName": 5})), (4, ".variants[1].model".to_owned()));
    assert_eq!(of_type(json!({"InstanceType": [5]})), (4, ".variants[1]".to_owned()));
    assert_eq!(of_type(json!(5)), (4, ".variants[1]".to_owned()));
    assert_eq!(told(&json!({"EndpointConfigName": true}), "no String"), (1, String::new()));
}
