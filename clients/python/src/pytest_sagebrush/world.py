"""A world: an account and a region on a server, with a clock of its own. A test has one to itself."""

import contextlib
import functools
import secrets
from types import TracebackType
from typing import Any

from . import clients, verdicts
from .clock import Clock
from .control import Control
from .deployment import Deployment
from .errors import NoDeployment
from .events import Cause
from .levers import Levers
from .server import RunningServer, Server

__tracebackhide__ = True


class World(Levers):
    """SageMaker, its runtime and CloudWatch for one account, which is a random one unless it is said.

    `with` brings it to a full minute, so that the periods of alarms lie alike in every run. On a server that others
    use it makes the clock stand still before and empties the world at the end; one of our own does the former by itself, and
    the latter with its own end, unless the clock runs. Everywhere it closes the clients.
    """

    def __init__(self, server: Server | RunningServer, account: str | None = None, region: str = "us-east-1") -> None:
        self.url, self.region = server.url, region
        self.account = account or str(100_000_000_000 + secrets.randbelow(900_000_000_000))
        self._control = Control(server.url, self.account, region, server.token)
        self._token, self._shared = server.token, server.shared
        self._open_clients = contextlib.ExitStack()
        self.clock = Clock(self._control)
        """The world's time."""

    def client(self, service: str, **kwargs: Any) -> Any:
        """A boto3 client of this world: `client("sagemaker")`, `client("sagemaker-runtime")`, `client("cloudwatch")`.

        It asks once and does not retry; `kwargs` are those of `boto3.client`, and what `config` says is added to ours.
        """
        made = clients.client(service, self.url, self.account, self.region, **kwargs)
        self._open_clients.callback(made.close)
        return made

    @functools.cached_property
    def environment(self) -> dict[str, str]:
        """The variables by which the AWS CLI, any SDK and the command `sagebrush` find this world."""
        return clients.environment(self.url, self.account, self.region, self._token)

    # Deployments.

    def deployments(self, endpoint: str, limit: int = 1000) -> list[Deployment]:
        """The creation and all updates of an endpoint, the newest first."""
        listed = self._control.ask("GET", "deployments", endpoint=endpoint, limit=limit)["deployments"]
        told = (self._control.ask("GET", "deployments", each["id"]) for each in listed)
        return [Deployment.of(each, self._control) for each in told]

    def deployment(self, endpoint: str) -> Deployment:
        """The newest deployment of an endpoint."""
        return self._history(endpoint, limit=1)[0]

    def _history(self, endpoint: str, limit: int = 1000) -> list[Deployment]:
        found = self.deployments(endpoint, limit)
        if not found:
            others = {each["endpoint"] for each in self._control.ask("GET", "deployments")["deployments"]}
            there_are = f"there are those of {', '.join(sorted(others))}" if others else "there are none at all"
            raise NoDeployment(f"There is no deployment of an endpoint {endpoint} in this world; {there_are}.")
        return found

    # Verdicts: each fails with a sentence and the timeline of the deployment that it is about.

    def assert_updated(self, endpoint: str, config: str | None = None) -> None:
        """The newest update of `endpoint` succeeded, to `config` if that is said."""
        newest = self.deployment(endpoint)
        _require(verdicts.against_updated(newest, config), newest)

    def assert_rolled_back(self, endpoint: str, because: Cause | None = None, alarm: str | None = None) -> None:
        """The newest update of `endpoint` was rolled back, for the cause `because` and by `alarm` if they are said."""
        newest = self.deployment(endpoint)
        _require(verdicts.against_rolled_back(newest, because, alarm), newest)

    def assert_never_served(self, endpoint: str, config: str) -> None:
        """No deployment ever gave `config` any traffic of `endpoint`, by its history of the last 1000."""
        history = self._history(endpoint)
        if not verdicts.is_about(history, config):
            self._require_config(config)
        shown, complaint = verdicts.never_served(history, config)
        _require(complaint, shown)

    def _require_config(self, name: str) -> None:
        """A config that is not there has never served, and whoever asks has misspelt it."""
        from botocore.exceptions import ClientError

        try:
            self.client("sagemaker").describe_endpoint_config(EndpointConfigName=name)
        except ClientError:
            raise AssertionError(f"There is no endpoint config {name} in this world.") from None

    def __enter__(self) -> "World":
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open_clients.close()
        # A world whose clock runs on would take the time of the tests that follow.
        if self._shared or self.clock.mode != "manual":
            self._control.ask("POST", "reset")


def _require(complaint: str | None, shown: Deployment) -> None:
    if complaint is not None:
        raise AssertionError(f"{complaint}\n\n{shown.timeline()}\n")
