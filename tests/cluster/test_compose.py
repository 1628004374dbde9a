"""docker-compose.yml and the Dockerfile, read as data: they say what scripts/cluster starts, and give nothing away."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

import pytest
import yaml
from compose_spec import PyCompose

from running import ROOT
from server import binary

DOCKERFILE = ROOT / "Dockerfile"
# What only a container says: it listens on every address of its own network, so it names whom it trusts.
OFF_LOOPBACK = ["--allow-host", "balancer", "--trust-network"]
# What only scripts/cluster says: how it hears of the start, and that nothing outlives it.
OF_THE_SCRIPT = ["--ready-file", "--exit-with-parent"]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture(scope="module")
def image():
    """The instructions of the Dockerfile, each with its whole text."""
    text = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text())
    return [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]


def said(image, instruction):
    return [text for name, text in image if name == instruction]


def command_line(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]


def variables(pid):
    pairs = pathlib.Path(f"/proc/{pid}/environ").read_text().split("\0")[:-1]
    return dict(pair.split("=", 1) for pair in pairs)


def replicas_of(services):
    return {name: service for name, service in services.items() if service.get("image") == "sagebrush:local"}


def test_the_compose_file_is_one_by_the_compose_specification(compose):
    named = PyCompose.from_json(json.dumps(compose)).service_names()
    assert sorted(named) == ["balancer", "postgres", "replica1", "replica2", "replica3"]


def test_the_dockerfile_has_no_fault_that_its_linter_knows():
    tool = shutil.which("hadolint", path=str(pathlib.Path(sys.executable).parent))
    done = subprocess.run([tool, DOCKERFILE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_both_start_the_same_services(cluster, services):
    state = cluster.state
    assert [one["name"] for one in state["replicas"]] == sorted(replicas_of(services))
    assert len(state["replicas"]) == 3
    others = set(services) - set(replicas_of(services))
    assert others == {"postgres", "balancer"} and all(state[other]["pid"] for other in others)


def test_the_replicas_are_started_with_the_same_flags_and_settings(cluster, services):
    for replica in cluster.replicas():
        program, *words = command_line(replica.pid)
        assert program == binary()
        service = services[replica.name]
        contained = [word for word in service["command"] if word not in OFF_LOOPBACK]
        at = words.index("--ready-file")
        ours = [word for word in words[:at] + words[at + 2:] if word not in OF_THE_SCRIPT]
        assert contained[:2] == ours[:2] == ["serve", "--listen"] and len(contained) == len(ours) == 3
        assert contained[2] == "0.0.0.0:7243" and ours[2] == replica.url.removeprefix("http://")
        settings = variables(replica.pid)
        for name in ("SAGEBRUSH_DATABASE_URL", "SAGEBRUSH_CLOCK"):
            assert name in settings and name in service["environment"]
        assert service["environment"]["SAGEBRUSH_CLOCK"] == "${SAGEBRUSH_CLOCK:-real}" and settings["SAGEBRUSH_CLOCK"] == "real"
        place = urllib.parse.urlsplit(re.sub(r"\$\{.*?\}", "secret", service["environment"]["SAGEBRUSH_DATABASE_URL"]))
        assert (place.scheme, place.hostname) == ("postgres", "postgres")


def test_the_flags_of_the_container_belong_to_each_other(services, image):
    started = json.loads(said(image, "CMD")[-1])
    assert started == ["serve", "--listen", "0.0.0.0:7243", "--trust-network"]
    for service in replicas_of(services).values():
        assert set(started) <= set(service["command"])
        hosts = service["command"][service["command"].index("--allow-host") + 1]
        assert hosts == "balancer", "by this name other containers call the control API"
        assert service["environment"]["SAGEBRUSH_CONTROL_TOKEN"].startswith("${SAGEBRUSH_CONTROL_TOKEN:?"), "there is no default"


def test_one_configuration_serves_both_balancers(cluster, services):
    pid = cluster.state["balancer"]["pid"]
    line = command_line(pid)
    config = pathlib.Path(line[line.index("-f") + 1])
    source, target, mode = services["balancer"]["volumes"][0].split(":")
    assert config.samefile(ROOT / source) and (target, mode) == ("/usr/local/etc/haproxy/haproxy.cfg", "ro")
    ours, contained = variables(pid), services["balancer"]["environment"]
    names = re.findall(r'"\$\{(\w+)\}"', config.read_text())
    assert set(contained) == {name for name in names if name in ours}
    for number, replica in enumerate(cluster.replicas(), 1):
        assert ours[f"REPLICA{number}"] == replica.url.removeprefix("http://")
        assert contained[f"REPLICA{number}"] == f"{replica.name}:7243"


def test_every_health_check_asks_the_same(cluster, services, image):
    check = re.search(r"CMD (\[.*\])", said(image, "HEALTHCHECK")[0]).group(1)
    assert json.loads(check) == ["/usr/local/bin/sagebrush", "health"]
    for service in replicas_of(services).values():
        assert service["healthcheck"]["test"] == ["CMD", *json.loads(check)]
    assert services["balancer"]["healthcheck"]["test"][-1] == "http://127.0.0.1:7243/_sagebrush/health"
    assert "http-check send meth GET uri /_sagebrush/health " in (ROOT / "deploy" / "haproxy.cfg").read_text()
    for url in [cluster.url, *(replica.url for replica in cluster.replicas())]:
        done = subprocess.run([binary(), "health", "--url", url], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr


def test_everybody_waits_for_those_that_he_needs(services):
    needs = {name: set(service.get("depends_on", {})) for name, service in services.items()}
    replicas = set(replicas_of(services))
    assert needs == {"postgres": set(), "balancer": replicas} | {name: {"postgres"} for name in replicas}
    conditions = [need["condition"] for service in services.values() for need in service.get("depends_on", {}).values()]
    assert set(conditions) == {"service_healthy"}
    assert all("healthcheck" in service for service in services.values())


def test_no_service_can_do_more_than_it_has_to(services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["user"].split(":")[0] not in ("root", "0"), name
        assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & set(service), name
        assert any(place.split(":")[0] == "/tmp" for place in service["tmpfs"]), name


def test_only_the_balancer_is_published_and_on_the_loopback_alone(compose, services):
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "balancer": ["127.0.0.1:7243:7243"]}
    assert services["postgres"]["networks"] == ["database"] and compose["networks"]["database"]["internal"] is True
    assert "database" not in services["balancer"]["networks"]


def test_the_image_is_one_binary_without_rights(image):
    assert said(image, "FROM")[-1] == "gcr.io/distroless/cc-debian12:nonroot"
    build = said(image, "FROM")[0]
    rust = re.search(r'rust-version = "([\d.]+)"', (ROOT / "Cargo.toml").read_text()).group(1)
    assert build == f"rust:{rust}-slim-bookworm AS build"
    assert said(image, "USER") == ["65532:65532"]
    assert json.loads(said(image, "ENTRYPOINT")[0]) == ["/usr/local/bin/sagebrush"]
    last = max(at for at, (name, _) in enumerate(image) if name == "FROM")
    assert [name for name, _ in image[last:] if name in ("COPY", "ADD", "RUN")] == ["COPY"]


def test_what_the_image_is_built_from_is_there_and_nothing_else_is_sent(image):
    let_in = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in == {"Cargo.toml", "Cargo.lock", "askama.toml", "models/*.json", "migrations", "src"}
    copied = {word for text in said(image, "COPY") if not text.startswith("--from") for word in text.split()[:-1]}
    assert copied == {"Cargo.toml", "Cargo.lock", "askama.toml", "models", "migrations", "src"}
    outside = [str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.rs")
               for name in re.findall(r'include_(?:str|bytes)!\("([^"]+)"\)', path.read_text())
               if not (path.parent / name).resolve().is_relative_to(ROOT / "src")
               and not (path.parent / name).resolve().is_relative_to(ROOT / "models")
               and "/tests/" not in str(path)]
    assert not outside, "the image is built without these"
