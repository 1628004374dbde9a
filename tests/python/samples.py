"""A full sample of any input, made from its shape: every member present, every value within its constraints."""

import datetime

from model_check import compile_pattern

# Values by the name of the shape or of the member; the rest is made from the constraints.
BY_NAME = {
    "RoleArn": "arn:aws:iam::123456789012:role/SageMaker",
    "ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/sample",
    "MlReservationArn": "arn:aws:sagemaker:us-east-1:123456789012:training-plan/sample",
    "RepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:123456789012:function:sample",
    "HubContentArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/hub/Model/sample/1.0.0",
    "SnsTopicArn": "arn:aws:sns:us-east-1:123456789012:sample",
    "EnvironmentKey": "SAMPLE_KEY",
}
CANDIDATES = ["sample", "s3://bucket/sample", "https://bucket/sample", "text/csv", "Sample", "1", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/sample"]


def sample_input(shape, without=()):
    """A value for `shape`, leaving out members whose names are in `without`."""
    kind = shape.type_name
    if kind == "structure":
        return {name: sample_input(member, without)
                for name, member in shape.members.items() if name not in without}
    if kind == "list":
        return [sample_input(shape.member, without)]
    if kind == "map":
        return {sample_input(shape.key, without): sample_input(shape.value, without)}
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return datetime.datetime(2026, 10, 5, 10, 0, tzinfo=datetime.timezone.utc)
    if kind in ("integer", "long"):
        return max(1, int(shape.metadata.get("min", shape.metadata.get("max", 1))))  # none of something is no sample of it
    if kind in ("float", "double"):
        return float(shape.metadata.get("min") or 0.5)
    return sample_string(shape)


def sample_string(shape):
    if shape.enum:
        return shape.enum[0]
    named = BY_NAME.get(shape.name)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10_000)
    pattern = compile_pattern(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    for text in [named] if named else CANDIDATES:
        if low <= len(text) <= high and (pattern is None or pattern.fullmatch(text)):
            return text
    raise AssertionError(f"no sample for {shape.name}: pattern {shape.metadata.get('pattern')}, length {low} to {high}")
