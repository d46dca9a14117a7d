"""A few seconds of `tests/fuzz.py`, always the same inputs."""

import pytest

from tests.commands import process

pytestmark = pytest.mark.process


def test_any_object_any_array_any_text_and_any_command() -> None:
    status, out, err = process("-W", "error", "-m", "tests.fuzz", 250)
    assert status == 0 and out.count("250 ") == 4, err


@pytest.mark.parametrize("text", ["__import__('this')", "open('/dev/null')", "exec('1')"])
def test_the_watch_sees_what_a_text_makes_python_do(text: str) -> None:
    """Else the test above could not fail."""
    status, _, err = process("-c", f"from tests import fuzz; fuzz.main(1); fuzz.watched(eval, {text!r})")
    assert status != 0 and "a text made Python do" in err
