"""What the pages show is what is tested: they quote whole lines of files, and every command is run or says why not. Their links
lead somewhere, and the book has all of them."""

import re

import pytest

import pages

PAGES = ["README.md", *sorted(str(path.relative_to(pages.REPOSITORY)) for path in (pages.REPOSITORY / "docs").rglob("*.md"))]
# The README of the Python package, which the book includes; the package's own tests hold it to its word.
INCLUDED = "docs/how-to/python.md"
OTHERS = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "clients/python/README.md"]
BOOK = pages.REPOSITORY / "docs"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture
def page(monkeypatch, tmp_path):
    """Writes a page, in a repository of its own that has one file: `example.py`."""
    monkeypatch.setattr(pages, "REPOSITORY", tmp_path)
    (tmp_path / "example.py").write_text("one = 1\ntwo = 2\n")

    def write(text):
        (tmp_path / "page.md").write_text(text)
        return "page.md"

    return write


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_nothing_that_no_test_sees(name):
    faults = [*pages.quote_faults(name)]
    faults += [f"{name}:{block.line}: it quotes no file, is not run, and does not say why" for block in pages.blocks(name)
               if not (block.quotes or block.not_run or name in pages.PLAYED and block.language in ("sh", "text"))]
    assert not faults, "\n".join(faults)


def test_every_fence_is_a_block():
    for name in PAGES:
        assert (pages.REPOSITORY / name).read_text().count("```") == 2 * len([*pages.blocks(name)]), name


def anchors(path):
    """The anchors of a page's headings, as GitHub and mdBook make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", [*PAGES, *OTHERS])
def test_every_link_leads_somewhere(name):
    page, faults = pages.REPOSITORY / name, []
    for found in LINK.findall(re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)):
        path, _, anchor = "".join(found).partition("#")
        if path.startswith(("https://", "http://")):
            continue
        target = (page.parent / path).resolve() if path else page
        is_outside = page.is_relative_to(BOOK) and not target.is_relative_to(BOOK)  # where the book has nothing
        if not target.exists() or is_outside or anchor and anchor not in anchors(target):
            faults.append(f"{name} links to {''.join(found)}")
    assert not faults, "\n".join(faults)


def test_the_book_has_every_page():
    listed = re.findall(r"\]\(([^)]+)\)", (pages.REPOSITORY / "docs" / "SUMMARY.md").read_text())
    assert sorted(f"docs/{page}" for page in listed) == sorted(set(PAGES) - {"README.md", "docs/SUMMARY.md"})
    assert (pages.REPOSITORY / INCLUDED).read_text() == "{{#include ../../clients/python/README.md}}\n"


def test_a_quote_is_held_against_its_file(page):
    name = page("<!-- from example.py -->\n```python\ntwo = 2\n```\n\n<!-- from example.py -->\n```python\ntwo = 3\n```\n"
                "<!-- from other.py -->\n\n```python\n```\n")
    assert [*pages.quote_faults(name)] == ["page.md:7: example.py has no such lines", "page.md:12: there is no other.py"]


def test_commands_share_a_shell_and_print_what_is_shown(page, tmp_path):
    name = page("```sh\nword=hello; cd /\n```\n<!-- not run: it is a joke -->\n```sh\nfalse\n```\n"
                "```sh\necho $word; pwd\n```\n\n```text\nhello\n/\n```\n")
    pages.play(name, environment={}, room=tmp_path)


@pytest.mark.parametrize("text, fault", [
    ("```sh\ntrue\n```\n```sh\necho oh >&2; false\n```\n", r"page.md:4: ended with 1: oh"),
    ("```sh\necho 1\n```\n```text\n2\n```\n", r"page.md:1: printed\n1\nand the page shows\n2"),
    ("```text\n2\n```\n", r"page.md:1: this is printed by no block before it"),
    ("words\n", r"page.md has no commands"),
])
def test_a_page_that_is_wrong_is_told_with_its_line(page, tmp_path, text, fault):
    with pytest.raises(AssertionError, match=fault):
        pages.play(page(text), environment={}, room=tmp_path)
