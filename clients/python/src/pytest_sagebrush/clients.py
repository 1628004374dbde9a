"""AWS clients of a world: boto3's, and the environment in which anybody's own clients meet it.

Reading the model of SageMaker takes botocore a tenth of a second and more, so all sessions of a process that are made
here read it once, through one loader.
"""

import functools
import os
from typing import Any

__tracebackhide__ = True

SECRET = "secret"  # Signatures are not verified.

# Whatever somebody's profiles and files say is not about this world: (name in the file, variable, default, conversion).
_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def client(service: str, url: str, account: str, region: str, **kwargs: Any) -> Any:
    """A boto3 client of that world. It asks once, so that a test sees what is refused; `kwargs` may say otherwise."""
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        proxies={},
        use_fips_endpoint=False,
        use_dualstack_endpoint=False,
    )
    if "config" in kwargs:
        config = config.merge(kwargs.pop("config"))
    place = {"endpoint_url": url, "region_name": region}
    credentials = {"aws_access_key_id": account, "aws_secret_access_key": SECRET}
    return _session().client(service, **{**place, **credentials, "config": config, **kwargs})


def environment(url: str, account: str, region: str, token: str | None) -> dict[str, str]:
    """The variables by which AWS SDKs, the AWS CLI and sagebrush's own commands find that world, past any proxy."""
    past_proxies = ",".join(filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), _host(url)]))
    found = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": past_proxies,
        "no_proxy": past_proxies,
        "SAGEBRUSH_URL": url,
    }
    return found | ({"SAGEBRUSH_CONTROL_TOKEN": token} if token else {})


def default_session() -> Any:
    """What `boto3.client` makes clients with where nobody set up anything, as the environment is at that time.

    boto3 keeps the one of its first call, with the credentials that it found then: each world wants its own.
    """
    import boto3
    import botocore.session

    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    return boto3.Session(botocore_session=session)


@functools.cache
def _session() -> Any:
    """The session of all clients of this process."""
    import boto3
    import botocore.session

    session = botocore.session.Session(session_vars=_NO_FILES)
    session.register_component("data_loader", _loader())
    return boto3.Session(botocore_session=session)


@functools.cache
def _loader() -> Any:
    """The one reader of AWS's service models."""
    from botocore.loaders import create_loader

    return create_loader()


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or ""
