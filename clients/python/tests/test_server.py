"""Servers that are started, and servers that run; without pytest, as any script would have them."""

import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pytest_sagebrush import (
    BinaryMissing,
    ControlError,
    RunningServer,
    SagebrushError,
    Server,
    StartFailed,
    Unreachable,
    World,
    binary,
)
from pytest_sagebrush import server as server_module


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_script_that_proves_a_rollback() -> None:
    script = Path(__file__).with_name("script.py")
    said = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (0, "rolled_back alarm errors\n", "")


def test_settings_and_token() -> None:
    with Server({"control_token": "a-secret", "launch_seconds": 7, "trust_network": False}) as server:
        with World(server) as world:
            world.scenario("[models.old]\n[endpoints.house]\nmodel = 'old'\n")
            creation = world.deployment("house")
            assert creation.ended_at is not None
            assert (creation.ended_at - creation.started_at).total_seconds() == 7
            assert world.environment["SAGEBRUSH_CONTROL_TOKEN"] == "a-secret"
        with pytest.raises(ControlError) as error, World(RunningServer(server.url)):
            pass
        assert error.value.status == 401


def test_a_setting_that_is_none_is_refused() -> None:
    with pytest.raises(StartFailed, match="launch_second"), Server({"launch_second": 7}):
        pass


def test_a_running_server_is_left_as_it_was() -> None:
    with Server({"clock": "real"}) as server:
        with World(RunningServer(server.url + "/")) as world:
            assert world.clock.mode == "manual"
            world.scenario("[models.old]\n[endpoints.house]\nmodel = 'old'\n")
            assert world.clock.mode == "manual"
            world.reset()
            assert world.clock.mode == "manual"
            world.scenario("clock = '60x'\n[models.old]\n")
            assert world.clock.mode == "scaled"
        with World(server, world.account) as again:
            assert again.client("sagemaker").list_models()["Models"] == []


def test_the_environment_names_a_running_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAGEBRUSH_URL", raising=False)
    assert RunningServer.of_environment() is None
    monkeypatch.setenv("SAGEBRUSH_URL", "http://127.0.0.1:1/")
    monkeypatch.setenv("SAGEBRUSH_CONTROL_TOKEN", "a-secret")
    named = RunningServer.of_environment()
    assert named is not None and (named.url, named.token) == ("http://127.0.0.1:1", "a-secret")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_answers(scheme: str) -> None:
    with pytest.raises(Unreachable, match=f"No server answers at {scheme}://127.0.0.1:1: "):
        World(RunningServer(f"{scheme}://127.0.0.1:1")).clock.advance(1)


def test_something_else_answers() -> None:
    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404, "Nothing of the kind")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Elsewhere) as elsewhere:
        threading.Thread(target=elsewhere.handle_request, daemon=True).start()
        with pytest.raises(ControlError, match="Nothing of the kind"):
            assert World(RunningServer(f"http://127.0.0.1:{elsewhere.server_port}")).clock.mode


def test_it_ends_with_its_block() -> None:
    server = Server()
    assert server.log() == ""
    with server:
        assert World(server).clock.mode == "manual"
        server.log()
    assert server.log() == ""
    server.stop()
    with pytest.raises(SagebrushError, match="The server does not run"):
        World(server)


def test_a_start_that_fails_shows_the_log() -> None:
    with pytest.raises(StartFailed) as error:
        Server({"launch_seconds": "soon"}).start()
    sentence, log = str(error.value).split("\n", 1)
    assert sentence.endswith("did not start: it ended with exit code 1.")
    assert "launch_seconds" in log.lower()


def test_what_cannot_be_started(tmp_path: Path) -> None:
    nonsense = program(tmp_path / "sagebrush", "nonsense")
    with pytest.raises(StartFailed, match="did not start: .*Exec format error"):
        Server(binary=nonsense).start()


def test_what_never_gets_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    idle = program(tmp_path / "sagebrush", "#!/bin/sh\necho I idle\nexec sleep 60\n")
    monkeypatch.setattr(server_module, "START_DEADLINE_SECS", 0.2)
    with pytest.raises(StartFailed, match=r"did not start: it was not ready within 0\.2 s\.\nI idle"):
        Server(binary=idle).start()


def test_where_the_program_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts, on_path, named = (program(tmp_path / name / "sagebrush") for name in ("scripts", "path", "named"))
    monkeypatch.setattr(binary, "_script_folders", lambda: [tmp_path / "none", scripts.parent])
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setenv("SAGEBRUSH_BIN", str(named))
    assert binary.find_binary() == named
    monkeypatch.delenv("SAGEBRUSH_BIN")
    assert binary.find_binary() == scripts
    scripts.chmod(0o644)
    assert binary.find_binary() == on_path
    on_path.unlink()
    with pytest.raises(BinaryMissing, match="There is no program `sagebrush` beside this Python nor on the PATH"):
        binary.find_binary()
    monkeypatch.setenv("SAGEBRUSH_BIN", str(tmp_path))
    with pytest.raises(BinaryMissing, match="SAGEBRUSH_BIN is .*, where there is no program"):
        binary.find_binary()


def test_scripts_are_where_pip_puts_them() -> None:
    assert Path(sys.executable).parent in binary._script_folders()
    assert os.path.expanduser("~/.local/bin") in map(str, binary._script_folders())
