"""The pages of documentation that have commands, typed as they stand, and the worlds and pictures that they show."""

import os
import pathlib
import shutil
import sys

import pytest

from pages import PLAYED, REPOSITORY, blocks, play
from server import binary, clean_environment

SHOP = REPOSITORY / "examples" / "pipeline" / "shop.toml"


def environment(room, **more):
    """What somebody has who has installed the project and the AWS CLI: an empty home, and the commands on the PATH."""
    tools = [pathlib.Path(binary()).parent, pathlib.Path(sys.executable).parent]
    return clean_environment({
        "HOME": str(room), "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1",
        "PATH": os.pathsep.join([*map(str, tools), os.environ["PATH"]]), **more})


def told(world, scenario):
    """The status with which a world takes a scenario in TOML."""
    headers = {"Content-Type": "application/toml", "Authorization": None}
    return world.raw(scenario.encode(), path=f"/_sagebrush/scenario?account={world.account}", headers=headers)[0]


@pytest.mark.parametrize("page", sorted(PLAYED - {"README.md", "docs/tutorial.md"}))
def test_a_page_does_what_it_says(page, worlds, own_server, tmp_path):
    server = own_server()
    ours = {"SAGEBRUSH_URL": server.url}
    if page != "docs/how-to/aws-cli.md":  # which is about a profile
        ours |= {"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "secret",
                 "AWS_DEFAULT_REGION": "us-east-1"}
    if page == "docs/cli.md":
        assert told(worlds(on=server, account="123456789012"), SHOP.read_text()) == 200
    play(page, environment=environment(tmp_path, **ours), room=tmp_path)


def test_the_scenario_that_is_shown_makes_a_world(world):
    (shown,) = [block.text for block in blocks("docs/scenarios.md") if block.language == "toml"]
    assert told(world, shown) == 200
    assert world.status("shop") == "InService"
    ranker = world.sagemaker.describe_inference_component(InferenceComponentName="ranker")
    assert ranker["InferenceComponentStatus"] == "InService"
    assert ranker["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 2}


def test_the_picture_of_the_readme_is_what_its_command_draws(tmp_path):
    drawn, shown = tmp_path / "rollback.svg", REPOSITORY / "docs" / "images" / "rollback.svg"
    (tmp_path / "examples").symlink_to(REPOSITORY / "examples")
    play("README.md", environment=environment(tmp_path), room=tmp_path)
    if os.environ.get("SAGEBRUSH_GOLDEN") == "write":
        shutil.copy(drawn, shown)
    assert drawn.read_text() == shown.read_text()
