"""What boto3 alone takes of that time: a hundred tests that make one client, as everybody does, and one call."""

import os

import boto3
import pytest


@pytest.mark.parametrize("number", range(100))
def test_one_call(number: int) -> None:
    sagemaker = boto3.client(
        "sagemaker",
        endpoint_url=os.environ["BARE_URL"],
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="secret",
    )
    assert sagemaker.list_endpoints()["Endpoints"] == []
