"""docs/how-to/aws-cli.md, typed as it stands."""

import os
import pathlib
import sys

from pages import play
from server import binary, clean_environment


def test_the_page_goes_from_nothing_to_a_rolled_back_update(own_server, tmp_path):
    tools = [pathlib.Path(binary()).parent, pathlib.Path(sys.executable).parent]
    play("docs/how-to/aws-cli.md", room=tmp_path, environment=clean_environment({
        "SAGEBRUSH_URL": own_server().url, "HOME": str(tmp_path), "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1", "PATH": os.pathsep.join([*map(str, tools), os.environ["PATH"]])}))
