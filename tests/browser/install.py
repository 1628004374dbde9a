"""Puts what the browser tests need where they find it: target/browser. What is there already is left alone.

npm/node_modules is what the lock file names (playwright-core and axe-core; no browser is downloaded by npm), bin/node and
bin/chromium point to the programs. Node is found as tests/clients/node.py says. The browser is Debian's chromium: the one
that CHROMIUM names, else the installed one, else apt-get's, which only root can ask for. What cannot be had ends the script
with a sentence.
"""

import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "clients")]
from node import TARGET, Missing, node, node_modules, run  # noqa: E402

ROOM = TARGET / "browser"
# The font is named so that pictures of the console look alike wherever they are taken.
PACKAGES = ("chromium", "fonts-dejavu-core")


def chromium():
    """The browser's program."""
    named = os.environ.get("CHROMIUM")
    if named:
        found = shutil.which(named)
        if not found:
            raise Missing(f"CHROMIUM={named} is no program")
        return found
    return shutil.which("chromium") or from_debian()


def from_debian():
    """Debian's package, installed."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        raise Missing(f"the browser tests need chromium: run `apt-get install {' '.join(PACKAGES)}` as root, "
                      "or set CHROMIUM to the program of one that is elsewhere")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"chromium is missing: installing {' and '.join(PACKAGES)}", flush=True)
    run("the list of Debian's packages", apt, "update", env=environment)
    run("chromium", apt, "install", "--yes", "--no-install-recommends", *PACKAGES, env=environment)
    found = shutil.which("chromium")
    if not found:
        raise Missing("Debian's package chromium was installed, and there is no program of that name")
    return found


def point(name, program):
    """Let bin/NAME be this program."""
    link = ROOM / "bin" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(pathlib.Path(program).absolute())


def main():
    try:
        (command, _), browser = node(), chromium()
        node_modules("playwright-core and axe-core", HERE, ROOM / "npm")
        run("chromium", browser, "--version")
    except Missing as fault:
        sys.exit(str(fault))
    point("node", command[0])
    point("chromium", browser)


if __name__ == "__main__":
    main()
