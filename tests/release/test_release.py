"""What scripts/release has made in SAGEBRUSH_DIST, as those see it who fetch it."""

import json
import os
import pathlib
import re
import subprocess
import tarfile
import zipfile

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
VERSION = re.search(r'^version = "(.+)"$', (REPOSITORY / "Cargo.toml").read_text(), re.MULTILINE)[1]


@pytest.fixture(scope="module")
def dist():
    return pathlib.Path(os.environ["SAGEBRUSH_DIST"])


def one(dist, pattern):
    (found,) = dist.glob(pattern)
    return found


def test_the_checksums_are_those_of_all_files(dist):
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=dist, check=True)
    named = {line.split("  ")[1] for line in (dist / "SHA256SUMS").read_text().splitlines()}
    assert named == {path.name for path in dist.iterdir()} - {"SHA256SUMS"}


def test_the_binary_is_of_this_version_and_has_its_papers(dist, tmp_path):
    archive = one(dist, "sagebrush-*-linux.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    room = tmp_path / archive.name.removesuffix(".tar.gz")
    said = subprocess.run([room / "sagebrush", "--version"], check=True, capture_output=True, text=True).stdout
    assert said == f"sagebrush {VERSION}\n" and VERSION in archive.name
    assert (room / "LICENSE-MIT").exists() and (room / "LICENSE-APACHE").exists() and (room / "CHANGELOG.md").exists()
    assert ".TH sagebrush 1" in (room / "man" / "sagebrush.1").read_text()
    assert all("sagebrush" in (room / "completions" / f"sagebrush.{shell}").read_text() for shell in ("bash", "zsh", "fish"))


def test_the_wheel_has_the_binary_the_types_and_the_version_of_cargo(dist):
    with zipfile.ZipFile(one(dist, "pytest_sagebrush-*.whl")) as wheel:
        names = wheel.namelist()
        (about,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        assert f"\nVersion: {VERSION}\n" in wheel.read(about).decode()
    assert f"pytest_sagebrush-{VERSION}.data/scripts/sagebrush" in names and "pytest_sagebrush/py.typed" in names


def test_the_sdist_has_what_the_binary_is_built_from(dist):
    with tarfile.open(one(dist, "pytest_sagebrush-*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    # Also what is no Rust: the console's templates, its style and its script.
    sources = [path for path in REPOSITORY.glob("src/**/*") if path.is_file()]
    embedded = [*REPOSITORY.glob("models/*.json"), *REPOSITORY.glob("migrations/**/*.sql"), *sources]
    needed = {str(path.relative_to(REPOSITORY)) for path in embedded} | {"Cargo.toml", "Cargo.lock", "askama.toml", "pyproject.toml"}
    assert needed <= names, sorted(needed - names)


def test_the_image_context_has_what_the_dockerfile_copies(dist):
    with tarfile.open(one(dist, "sagebrush-*-image.tar.gz")) as context:
        names = context.getnames()
        told = context.extractfile("Dockerfile").read().decode()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", told, re.MULTILINE) for word in line.split()[:-1]]
    assert copied and all(any(name == word or name.startswith(f"{word}/") for name in names) for word in copied), copied


def test_the_bill_of_materials_names_everything_that_is_compiled_in(dist):
    told = json.loads(one(dist, "sagebrush-*.cdx.json").read_text())
    named = {(part["name"], part["version"]) for part in told["components"]}
    tree = ["cargo", "tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]
    lines = subprocess.run(tree, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.splitlines()
    compiled = {tuple(line.split()[:2]) for line in lines if line and not line.startswith("sagebrush ")}
    compiled = {(name, version.removeprefix("v")) for name, version in compiled}
    assert len(compiled) > 100 and compiled <= named, sorted(compiled - named)


def test_what_is_not_committed_or_not_told_is_not_released(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True)
    changes = clone / "CHANGELOG.md"
    changes.write_text(changes.read_text().replace(f"## [{VERSION}]", "## [0.0.0]"))
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *who, "commit", "--quiet", "--allow-empty", "--all", "-m", "An older changelog"], cwd=clone, check=True)

    def refusal():
        done = subprocess.run([os.environ.get("PYTHON", "python3"), "scripts/release"], cwd=clone, capture_output=True, text=True)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr

    assert refusal() == (f"no release: CHANGELOG.md has no section [{VERSION}]: name the changes of [Unreleased] so, with the date\n")
    (clone / "new.txt").write_text("new")
    assert refusal().startswith("no release: some files are not committed")
