//! What a client does with inference components, and with the endpoint that hosts them.

use sagebrush::domain::world::WorldId;
use sagebrush::schema::ServiceId;
use serde_json::{Value, json};

use super::super::log::{Asked, Told};
use super::acts::{ALARMS, GHOST};
use super::deed::{HOST, INSTANCE_TYPE};
use super::{Client, update};

/// The components of every world that hosts some, as they stand among endpoints.
const COMPONENTS: [&str; 2] = ["inference-component/part", "inference-component/piece"];

impl Client {
    /// One act with a component, or its host.
    pub(super) async fn act_on_components(&mut self, world: &WorldId) {
        let hosted = self.standing(world, HOST).await;
        match hosted.as_deref() {
            None => return self.create_host(world).await,
            Some("Failed") => return self.delete(world, HOST).await,
            _ => {}
        }
        if self.dice.permille(250) {
            return self.act_on_host(world).await;
        }
        let component = *self.dice.of(&COMPONENTS);
        match self.standing(world, component).await.as_deref() {
            None => self.create_component(world, component).await,
            Some("InService") => match self.dice.below(100) {
                0..45 => self.update_component(world, component).await,
                45..70 => self.scale_component(world, component).await,
                70..75 => self.delete_component(world, component).await,
                _ => self.invoke(world, component).await,
            },
            Some("Failed") if self.dice.permille(500) => self.delete_component(world, component).await,
            Some("Failed") => self.update_component(world, component).await,
            Some(_) => self.component_in_transition(world, component).await,
        }
    }

    async fn component_in_transition(&mut self, world: &WorldId, component: &str) {
        if self.stage.scene.steers && self.dice.permille(500) {
            return self.steer(world, component).await;
        }
        match self.dice.below(100) {
            0..50 => self.set_alarm(world).await,
            50..85 => self.invoke(world, component).await,
            85..93 => self.delete_component(world, component).await,
            _ => self.scale_component(world, component).await,
        }
    }

    async fn create_host(&mut self, world: &WorldId) {
        let Some(config) = self.host_config(world).await else { return };
        let input = json!({"EndpointName": HOST, "EndpointConfigName": config});
        let asked = Asked::Create { endpoint: HOST.to_owned(), config };
        self.ask(world, ServiceId::SageMaker, "CreateEndpoint", input, asked).await;
    }

    /// A new config without a model; some have their instances managed.
    async fn host_config(&mut self, world: &WorldId) -> Option<String> {
        let name = self.stage.mark("config");
        let mut variant = json!({
            "VariantName": "main", "InstanceType": INSTANCE_TYPE, "InitialInstanceCount": self.dice.between(1, 3),
        });
        if self.dice.permille(500) {
            variant["ManagedInstanceScaling"] = json!({
                "Status": "ENABLED", "MinInstanceCount": self.dice.between(0, 1),
                "MaxInstanceCount": self.dice.between(1, 4),
            });
        }
        let input = json!({"EndpointConfigName": name, "ProductionVariants": [variant]});
        let asked = Asked::Config { name: name.clone() };
        let told = self.ask(world, ServiceId::SageMaker, "CreateEndpointConfig", input, asked).await;
        (told == Told::Done).then_some(name)
    }

    async fn act_on_host(&mut self, world: &WorldId) {
        match self.dice.below(10) {
            0..5 => {
                let target = json!({"VariantName": "main", "DesiredInstanceCount": self.dice.between(0, 4)});
                let input = json!({"EndpointName": HOST, "DesiredWeightsAndCapacities": [target]});
                let asked = Asked::Scale { endpoint: HOST.to_owned() };
                self.ask(world, ServiceId::SageMaker, "UpdateEndpointWeightsAndCapacities", input, asked)
                    .await;
            }
            5..9 => {
                let Some(config) = self.host_config(world).await else { return };
                let input = json!({"EndpointName": HOST, "EndpointConfigName": config});
                let asked = Asked::Update { endpoint: HOST.to_owned(), config };
                self.ask(world, ServiceId::SageMaker, "UpdateEndpoint", input, asked).await;
            }
            _ => self.delete(world, HOST).await,
        }
    }

    /// A specification whose image is this mark: what is launched of it is called so in the history.
    fn specification(&mut self, mark: &str) -> Value {
        let environment = match self.dice.below(10) {
            0 => json!({"SAGEBRUSH_STARTUP_SECONDS": "0"}),
            1 => json!({"SAGEBRUSH_STARTUP_SECONDS": "200"}),
            2 => json!({"SAGEBRUSH_HEALTH": "failing"}),
            3..5 => json!({"SAGEBRUSH_HEALTH": format!("failing-after:{}", self.dice.between(0, 8))}),
            _ => json!({}),
        };
        json!({
            "Container": {"Image": mark, "Environment": environment},
            "ComputeResourceRequirements": {
                "NumberOfCpuCoresRequired": *self.dice.of(&[0.25, 0.5, 1.0]),
                "MinMemoryRequiredInMb": *self.dice.of(&[1_024, 4_096]),
            },
        })
    }

    async fn create_component(&mut self, world: &WorldId, component: &str) {
        let mark = self.stage.mark("config");
        let input = json!({
            "InferenceComponentName": name(component), "EndpointName": HOST, "VariantName": "main",
            "Specification": self.specification(&mark), "RuntimeConfig": {"CopyCount": self.dice.between(0, 5)},
        });
        let asked = Asked::Create { endpoint: component.to_owned(), config: mark };
        self.ask(world, ServiceId::SageMaker, "CreateInferenceComponent", input, asked).await;
    }

    async fn update_component(&mut self, world: &WorldId, component: &str) {
        let (mark, copies) = (self.stage.mark("config"), self.dice.between(0, 5));
        let mut alarms: Vec<String> = Vec::new();
        for (alarm, permille) in [(ALARMS[0], 500), (ALARMS[2], 200), (GHOST, 60)] {
            if self.dice.permille(permille) {
                alarms.push(alarm.to_owned());
            }
        }
        let mut input = json!({
            "InferenceComponentName": name(component), "Specification": self.specification(&mark),
            "RuntimeConfig": {"CopyCount": copies},
        });
        if let Some(deployment) = update::of_copies(&mut self.dice, copies, &alarms) {
            input["DeploymentConfig"] = deployment;
        }
        let asked = Asked::Update { endpoint: component.to_owned(), config: mark };
        self.ask(world, ServiceId::SageMaker, "UpdateInferenceComponent", input, asked).await;
    }

    async fn scale_component(&mut self, world: &WorldId, component: &str) {
        let copies = self.dice.between(0, 6);
        let input =
            json!({"InferenceComponentName": name(component), "DesiredRuntimeConfig": {"CopyCount": copies}});
        let asked = Asked::Scale { endpoint: component.to_owned() };
        self.ask(world, ServiceId::SageMaker, "UpdateInferenceComponentRuntimeConfig", input, asked).await;
    }

    async fn delete_component(&mut self, world: &WorldId, component: &str) {
        let input = json!({"InferenceComponentName": name(component)});
        let asked = Asked::Delete { endpoint: component.to_owned() };
        self.ask(world, ServiceId::SageMaker, "DeleteInferenceComponent", input, asked).await;
    }
}

fn name(component: &str) -> &str {
    sagebrush::domain::component::name_of(component).expect("it is one")
}
