"""The checker checked: it finds each seeded defect and nothing in a clean answer."""

import json
import uuid

import boto3
import pytest

from model_check import ModelChecker

HEADERS = {"x-amzn-requestid": str(uuid.UUID(int=7)), "content-type": "application/x-amz-json-1.1", "date": "Mon, 05 Oct 2026 10:00:00 GMT"}
ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/web"
CLEAN = {"EndpointName": "web", "EndpointArn": ARN, "EndpointStatus": "InService", "CreationTime": 1.5e9, "LastModifiedTime": 1.5e9,
         "ProductionVariants": [{"VariantName": "v", "CurrentWeight": 1.0, "CurrentInstanceCount": 1}]}


@pytest.fixture(scope="module")
def model():
    return boto3.client("sagemaker", region_name="us-east-1").meta.service_model


def kinds(model, body, status=200, operation="DescribeEndpoint", headers=None):
    checker = ModelChecker()
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    checker.check(model, operation, {"status_code": status, "headers": HEADERS | (headers or {}), "body": body})
    return [v.kind for v in checker.violations]


def variant(**members):
    return CLEAN | {"ProductionVariants": [CLEAN["ProductionVariants"][0] | members]}


def test_a_clean_answer_has_no_violation(model):
    assert kinds(model, CLEAN) == []


@pytest.mark.parametrize("kind, body", [
    ("unknown-member", CLEAN | {"Nonsense": 1}),
    ("unknown-member", variant(currentWeight=1.0)),
    ("null-member", CLEAN | {"FailureReason": None}),
    ("missing-required", {k: v for k, v in CLEAN.items() if k != "CreationTime"}),
    ("type", CLEAN | {"CreationTime": "2026-10-05T10:00:00Z"}),
    ("type", variant(CurrentInstanceCount="1")),
    ("enum", CLEAN | {"EndpointStatus": "Sleeping"}),
    ("length", CLEAN | {"FailureReason": "x" * 1025}),
    ("range", variant(CurrentInstanceCount=-1)),
    ("pattern", CLEAN | {"EndpointArn": "arn:aws:sagemaker:us-east-1:12:endpoint/web"}),
    ("duplicate-key", json.dumps(CLEAN)[:-1].encode() + b',"EndpointName":"web"}'),
    ("undecodable", b"<html>"),
    ("empty-body", b""),
])
def test_a_seeded_defect_in_a_body_is_found(model, kind, body):
    assert kind in kinds(model, body)


@pytest.mark.parametrize("kind, operation, body", [
    ("error-type", "DescribeEndpoint", {"message": "no code"}),
    ("error-code", "DescribeEndpoint", {"__type": "ResourceNotFound", "message": "declared elsewhere"}),
    ("error-member", "CreateEndpoint", {"__type": "ResourceLimitExceeded", "message": "small m"}),
    ("error-message", "DescribeEndpoint", {"__type": "ValidationException"}),
])
def test_a_seeded_defect_in_an_error_is_found(model, kind, operation, body):
    assert kinds(model, body, status=400, operation=operation) == [kind]


@pytest.mark.parametrize("kind, headers", [
    ("header-requestid", {"x-amzn-requestid": "REQ-1"}),
    ("header-content-type", {"content-type": "application/json"}),
    ("header-date", {"date": ""}),
    ("header-content-length", {"content-length": "3"}),
])
def test_a_seeded_defect_in_the_headers_is_found(model, kind, headers):
    assert kinds(model, CLEAN, headers=headers) == [kind]


def test_an_unexpected_body_is_found_where_the_operation_has_no_output(model):
    assert kinds(model, b'{"a":1}', operation="DeleteEndpoint") == ["unexpected-body"]
    assert kinds(model, b"", operation="DeleteEndpoint") == []
