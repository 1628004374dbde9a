//! What is read of an endpoint config: its variants, and the members that an endpoint repeats.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::schema::Value;

/// An endpoint config as its body is stored. Members that nothing here looks into stay values.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::services::sagemaker) struct ConfigBody {
    /// `ProductionVariants`, at least one.
    pub production_variants: Vec<ProductionVariant>,
    /// `ShadowProductionVariants`.
    #[serde(default)]
    pub shadow_production_variants: Vec<ProductionVariant>,
    /// `DataCaptureConfig`.
    pub data_capture_config: Option<Value>,
    /// `AsyncInferenceConfig`.
    pub async_inference_config: Option<Value>,
    /// `ExplainerConfig`.
    pub explainer_config: Option<Value>,
    /// `MetricsConfig`.
    pub metrics_config: Option<Value>,
}

/// `ProductionVariant`.
/// See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html>.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::services::sagemaker) struct ProductionVariant {
    /// `VariantName`.
    pub variant_name: String,
    /// `ModelName`; a variant without one hosts inference components.
    pub model_name: Option<String>,
    /// `InstanceType`.
    pub instance_type: Option<String>,
    /// `InitialInstanceCount`.
    pub initial_instance_count: Option<u32>,
    /// `InitialVariantWeight`.
    pub initial_variant_weight: Option<f64>,
    /// `AcceleratorType`.
    pub accelerator_type: Option<String>,
    /// `InstancePools`.
    pub instance_pools: Option<Vec<InstancePool>>,
    /// `ServerlessConfig`.
    pub serverless_config: Option<ServerlessConfig>,
    /// `ContainerStartupHealthCheckTimeoutInSeconds`.
    pub container_startup_health_check_timeout_in_seconds: Option<i64>,
    /// `ManagedInstanceScaling`.
    pub managed_instance_scaling: Option<Value>,
    /// `RoutingConfig`.
    pub routing_config: Option<Value>,
    /// `CapacityReservationConfig`.
    pub capacity_reservation_config: Option<Value>,
}

/// `ServerlessConfig`, as far as its members depend on one another.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::services::sagemaker) struct ServerlessConfig {
    #[serde(rename = "MemorySizeInMB")]
    memory_size_in_mb: u32,
    max_concurrency: u32,
    provisioned_concurrency: Option<u32>,
}

/// `InstancePool`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::services::sagemaker) struct InstancePool {
    model_name_override: Option<String>,
}

impl ConfigBody {
    /// Why this cannot be a config, whatever models there are.
    pub(super) fn refusal(&self) -> Option<String> {
        let mut names = BTreeSet::new();
        for variant in self.all_variants() {
            let name = &variant.variant_name;
            if !names.insert(name) {
                return Some(format!("The variant name \"{name}\" was non-unique within the request."));
            }
            if let Some(sentence) = variant.refusal() {
                return Some(sentence);
            }
        }
        self.mixes().then(|| {
            "Either every variant in ProductionVariants has a ModelName, or, to host inference components, none.".to_owned()
        })
    }

    /// Whether all variants have models, or none has: requests could not be told apart otherwise.
    fn mixes(&self) -> bool {
        let mut have = self.production_variants.iter().map(|variant| variant.model_name.is_some());
        let first = have.next();
        have.any(|has| Some(has) != first)
    }

    /// Names of all models in it, each once.
    pub(super) fn models(&self) -> BTreeSet<&str> {
        self.all_variants().flat_map(ProductionVariant::models).collect()
    }

    /// What of it is not built, in words: nothing of most configs.
    pub(in crate::services::sagemaker) fn not_built(&self) -> Option<&'static str> {
        if !self.shadow_production_variants.is_empty() {
            return Some("shadow variants");
        }
        self.production_variants.iter().find_map(|variant| {
            if variant.serverless_config.is_some() {
                Some("serverless variants")
            } else if variant.instance_pools.is_some() {
                Some("instance pools")
            } else {
                None
            }
        })
    }

    fn all_variants(&self) -> impl Iterator<Item = &ProductionVariant> {
        self.production_variants.iter().chain(&self.shadow_production_variants)
    }
}

impl ProductionVariant {
    fn refusal(&self) -> Option<String> {
        let name = &self.variant_name;
        let somewhere =
            self.instance_type.is_some() || self.serverless_config.is_some() || self.instance_pools.is_some();
        if !somewhere {
            return Some(format!(
                "One of InstanceType, ServerlessConfig and InstancePools must be specified for the variant \
                 \"{name}\"."
            ));
        }
        if let Some(sentence) = self.serverless_config.as_ref().and_then(|config| config.refusal(name)) {
            return Some(sentence);
        }
        if let Some(sentence) = self.managed_instance_scaling.as_ref().and_then(|it| self.unmanageable(it)) {
            return Some(sentence);
        }
        (self.instance_type.is_some() && self.initial_instance_count.is_none()).then(|| {
            format!("InitialInstanceCount must be specified with InstanceType for the variant \"{name}\".")
        })
    }

    /// Why its instances cannot be managed like this.
    fn unmanageable(&self, scaling: &Value) -> Option<String> {
        let bound = |member: &str| scaling.get(member).and_then(Value::as_int);
        let (least, most) = (bound("MinInstanceCount"), bound("MaxInstanceCount"));
        if self.model_name.is_some() && least == Some(0) {
            return Some(
                "ManagedInstanceScaling is only supported for inference component endpoints.".to_owned(),
            );
        }
        let (least, most) = least.zip(most).filter(|(least, most)| least > most)?;
        Some(format!(
            "MinInstanceCount of ManagedInstanceScaling of the variant \"{}\" is {least}, but it must not be more than \
             MaxInstanceCount, {most}.",
            self.variant_name
        ))
    }

    fn models(&self) -> impl Iterator<Item = &str> {
        let pools = self.instance_pools.iter().flatten();
        let overrides = pools.filter_map(|pool| pool.model_name_override.as_deref());
        self.model_name.as_deref().into_iter().chain(overrides)
    }
}

impl ServerlessConfig {
    /// Memory comes in steps of a gigabyte, and what is provisioned is part of what there is at most.
    fn refusal(&self, variant: &str) -> Option<String> {
        let Self { memory_size_in_mb, max_concurrency, provisioned_concurrency } = self;
        if !memory_size_in_mb.is_multiple_of(1024) {
            return Some(format!(
                "MemorySizeInMB of the variant \"{variant}\" is {memory_size_in_mb}, but it must be 1024, \
                 2048, 3072, 4096, 5120 or 6144."
            ));
        }
        let provisioned = provisioned_concurrency.filter(|provisioned| provisioned > max_concurrency)?;
        Some(format!(
            "ProvisionedConcurrency of the variant \"{variant}\" is {provisioned}, but it must not be more than \
             MaxConcurrency, {max_concurrency}."
        ))
    }
}
