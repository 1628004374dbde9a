"""What can go wrong, each with one sentence that says what to do about it."""


class SagebrushError(Exception):
    """Whatever this package raises of its own."""


class BinaryMissing(SagebrushError):
    """There is no program to start."""


class StartFailed(SagebrushError):
    """The server ended, or did not get ready; its log is in the message."""


class Unreachable(SagebrushError):
    """Nothing answers where the server should be."""


class ControlError(SagebrushError):
    """The control API refused; nothing was done."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class NoDeployment(SagebrushError, AssertionError):
    """An endpoint has no deployment in this world: an error of the call, and reason enough for a test to fail."""
