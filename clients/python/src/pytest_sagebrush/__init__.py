"""A SageMaker that deploys, bakes and rolls back, for a test suite: fixtures for pytest, and the same without it.

    with Server() as server, World(server) as world:
        sagemaker = world.client("sagemaker")

boto3 is imported when the first client is made, so that a suite in which nobody asks for one pays nothing.
"""

from .clock import Clock, Transition
from .deployment import Deployment, Status, Steered
from .errors import BinaryMissing, ControlError, NoDeployment, SagebrushError, StartFailed, Unreachable
from .events import CAUSES, Cause, Event, Stage, Traffic, Tripped
from .fault import Fault
from .server import RunningServer, Server
from .world import World

__all__ = [
    "CAUSES",
    "BinaryMissing",
    "Cause",
    "Clock",
    "ControlError",
    "Deployment",
    "Event",
    "Fault",
    "NoDeployment",
    "RunningServer",
    "SagebrushError",
    "Server",
    "Stage",
    "StartFailed",
    "Status",
    "Steered",
    "Traffic",
    "Transition",
    "Tripped",
    "Unreachable",
    "World",
]
