"""Where the program is: named by a variable, installed with this package, or on the PATH."""

import os
import shutil
import sysconfig
from pathlib import Path

from .errors import BinaryMissing

__tracebackhide__ = True

NAME = "sagebrush"


def find_binary() -> Path:
    """The program: that of SAGEBRUSH_BIN, of this environment's scripts, where the wheel puts it, or of PATH."""
    if named := os.environ.get("SAGEBRUSH_BIN"):
        if not _is_program(Path(named)):
            raise BinaryMissing(f"SAGEBRUSH_BIN is {named!r}, where there is no program.")
        return Path(named)
    for folder in _script_folders():
        if _is_program(folder / NAME):
            return folder / NAME
    if on_path := shutil.which(NAME):
        return Path(on_path)
    raise BinaryMissing(
        f"There is no program `{NAME}` beside this Python nor on the PATH: install a wheel of pytest-sagebrush, which "
        "carries it, let SAGEBRUSH_BIN name one, or let SAGEBRUSH_URL name a server that runs."
    )


def _script_folders() -> list[Path]:
    """Where pip puts programs: for this environment, and with `--user`."""
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    return [Path(sysconfig.get_path("scripts", scheme)) for scheme in schemes]


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
