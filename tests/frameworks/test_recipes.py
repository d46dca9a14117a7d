"""The page of recipes itself: links, names that nobody defines, and code that no test runs."""

import ast
import builtins
import re
from pathlib import Path
from symtable import symtable

import pytest

from recipes import MIGRATING, PYTHON, RECIPES, section

HERE = Path(__file__).parent
PAGE = RECIPES.read_text(encoding="utf-8")
HEADINGS = re.findall(r"(?m)^##+ (.+)$", PAGE)
TESTS = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.py"))


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_lead_somewhere() -> None:
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", PAGE):
        page = HERE / path if path else RECIPES
        assert page in (RECIPES, MIGRATING) and (not anchor or anchor in anchors(page)), (path, anchor)


def test_the_contents_name_every_heading() -> None:
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE.partition("\n## ")[0])) == anchors(RECIPES) - {"recipes"}


def undefined(code: str) -> set[str]:
    """Return the names that a block reads and nowhere binds."""
    tables = [symtable(code, "", "exec")]
    bound = {each.get_name() for each in tables[0].get_symbols() if each.is_local()}
    for table in tables:
        tables += table.get_children()
    read = {each.get_name() for table in tables for each in table.get_symbols() if each.is_global()}
    return read - bound - set(dir(builtins))


@pytest.mark.parametrize("heading", HEADINGS)
def test_what_a_block_does_not_define_is_called_yours(heading: str) -> None:
    """Every block of a section, beside the text between it and the block before."""
    prose, *rest = re.split(r"(?ms)^```python\n(.*?)^```$", section(heading))
    for code, following in zip(rest[::2], rest[1::2]):
        (yours,) = [" ".join(re.findall(r"[^.]*\byours\b[^.]*", prose))]
        missing = undefined(code) - set(re.findall(r"`(\w+)", yours))
        assert not missing
        prose = following


BLOCKS = [(heading, which) for heading in HEADINGS for which, _ in enumerate(PYTHON.findall(section(heading)))]


@pytest.mark.parametrize("heading, which", BLOCKS)
def test_every_block_is_run_by_a_test(heading: str, which: int) -> None:
    index = rf", ({which}|which)" if which else "(, which)?"
    assert re.search(rf'recipe\("{re.escape(heading)}"{index}(, (page=)?page)?\)', TESTS)


def calls_in_the_text() -> list[tuple[str, str]]:
    """Return the calls and assignments outside of blocks, but for those whose arguments are names, as `next(rates)`."""
    prose = {heading: re.sub(r"(?ms)^```.*?^```$", "", section(heading)) for heading in HEADINGS}
    found = [(heading, code) for heading, text in prose.items() for code in re.findall(r"`([^`]+)`", text)]
    plain = re.compile(r"[\w.]+\([\w, ]*\)")
    return [each for each in found if re.search(r"\(.*\w.*\)|\w = ", each[1]) and not plain.fullmatch(each[1])]


@pytest.mark.parametrize("heading, code", calls_in_the_text())
def test_every_call_in_the_text_is_run_by_a_test(heading: str, code: str) -> None:
    """A test has it from the page: by its beginning, by its row of the table, or with the whole section."""
    name = re.escape(heading)
    starts = [ast.literal_eval(text) for text in re.findall(rf"""inline\("{name}", ("[^"]+"|'[^']+')""", TESTS)]
    rows = re.findall(rf"(?m)^\| (.+?) \|.*{re.escape(code)}", section(heading))
    by_row = [row for row in rows if heading == "More frameworks" and f'row("{row}")' in TESTS]
    assert by_row or any(map(code.startswith, starts)) or f'section("{heading}")' in TESTS
