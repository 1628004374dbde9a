"""What keeps a suite from its server, told in a sentence each."""

from conftest import Suite

SETTINGS = """
import pytest

@pytest.fixture(scope="session")
def sagebrush_settings():
    return {"launch_seconds": "soon"}

def test_it(sagebrush): pass
"""


def test_there_is_no_program(suite: Suite) -> None:
    ran = suite("def test_it(sagebrush): pass", SAGEBRUSH_BIN="/nowhere/sagebrush")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["SAGEBRUSH_BIN is '/nowhere/sagebrush', where there is no program."])


def test_a_start_that_fails_shows_the_log(suite: Suite) -> None:
    ran = suite(SETTINGS)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["* did not start: it ended with exit code 1.", '*is "soon", but it takes seconds*'])


def test_the_settings_of_a_server_that_runs_are_its_own(suite: Suite) -> None:
    ran = suite(SETTINGS, SAGEBRUSH_URL="http://127.0.0.1:1")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["SAGEBRUSH_URL names a server that runs, whose settings are its own: launch_seconds."])


def test_a_server_that_does_not_run(suite: Suite) -> None:
    ran = suite("def test_it(sagebrush): pass", SAGEBRUSH_URL="http://127.0.0.1:1")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["No server answers at http://127.0.0.1:1: *"])
