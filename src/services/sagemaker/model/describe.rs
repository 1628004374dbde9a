//! `DescribeModel`: the model as it was given, with what AWS adds to it.
//!
//! AWS's answers carry members that the client left out: `EnableNetworkIsolation`, a container's `Mode`, and
//! the `ModelDataSource` that a plain `ModelDataUrl` stands for.

use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::Context;
use crate::services::sagemaker::definition;
use crate::store::Kind;

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModel.html>
pub(in crate::services::sagemaker) async fn describe(
    context: &Context,
    world: &WorldId,
    input: Value,
) -> Result<Value, Fault> {
    let mut model = definition::describe(context, world, Kind::Model, &input).await?;
    let Some(members) = model.as_map_mut() else { return Ok(model) };
    add(members, "EnableNetworkIsolation", || Value::Bool(false));
    if let Some(mut primary) = members.remove("PrimaryContainer") {
        complete(&mut primary);
        members.insert("PrimaryContainer", primary);
    }
    if let Some(Value::List(mut containers)) = members.remove("Containers") {
        containers.iter_mut().for_each(complete);
        members.insert("Containers", Value::List(containers));
    }
    Ok(model)
}

/// A container as AWS shows it.
fn complete(container: &mut Value) {
    let Some(members) = container.as_map_mut() else { return };
    add(members, "Mode", || Value::from("SingleModel"));
    let url = members.get("ModelDataUrl").cloned();
    let single = members.get("Mode").and_then(Value::as_str) == Some("SingleModel");
    if let Some(url) = url.filter(|_| single) {
        add(members, "ModelDataSource", || data_source(url));
    }
}

/// An archive at `url`, which is all that a `ModelDataUrl` of a single model can be.
fn data_source(url: Value) -> Value {
    let source = Fields::from_iter([
        ("S3Uri", url),
        ("S3DataType", "S3Object".into()),
        ("CompressionType", "Gzip".into()),
    ]);
    Value::Map(Fields::from_iter([("S3DataSource", Value::Map(source))]))
}

fn add(members: &mut Fields, name: &str, value: impl FnOnce() -> Value) {
    if members.get(name).is_none() {
        members.insert(name, value());
    }
}
