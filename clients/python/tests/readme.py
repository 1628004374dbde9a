"""The suite that the README shows, as files."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def write_suite(folder: Path) -> None:
    """Writes what a reader would: the scenario, and a test file of all its Python."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "shop.toml").write_text("".join(text for kind, text in blocks if kind == "toml"))
    (folder / "test_shop.py").write_text("\n\n".join(text for kind, text in blocks if kind == "python"))
