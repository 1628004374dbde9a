//! The instance types that a production variant can have: those of the model.

use crate::schema::{Kind, ServiceId, Shape, service};

/// Every type, in the model's order.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html>
pub fn instance_types() -> &'static [&'static str] {
    let model = service(ServiceId::SageMaker);
    let operation = model.operation("CreateEndpointConfig").expect("it is built");
    let input = model.shape(operation.input.expect("it has an input"));
    let member = |shape: &'static Shape, name: &str| {
        let member = shape.members().iter().find(|member| member.name == name);
        model.shape(member.expect("the model has it").shape)
    };
    let Kind::List { element, .. } = &member(input, "ProductionVariants").kind else { return &[] };
    match &member(model.shape(*element), "InstanceType").kind {
        Kind::String { words, .. } => words,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_models() {
        assert!(instance_types().contains(&"ml.m5.large") && instance_types().len() > 100);
        assert!(!instance_types().contains(&"m5.large"));
    }
}
