import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings

from cosine_lr import schedules

# The same examples in every run; `--hypothesis-profile=search` looks for new ones.
same = settings(derandomize=True, deadline=None)
settings.register_profile("same", same)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.register_profile(  # few and quick, for `mutmut run`
    "mutants", same, max_examples=15, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Under mutmut a formula stands behind a wrapper that takes any arguments: its code has no defaults to bind."""
    if config.getoption("--hypothesis-profile", None) == "mutants":

        def bound(formula: Callable[..., float], *arguments: object) -> Callable[[float], float]:
            numbers = tuple(map(schedules._callable_part, arguments))
            return lambda e: formula(e, *numbers)

        schedules.bound = bound


def pytest_make_parametrize_id(val: object) -> str | None:
    """Objects are named as they print, without their addresses: the same in every process, as pytest-xdist needs it."""
    return None if isinstance(val, (str, bytes, int, float)) else re.sub(r" at 0x\w+", "", repr(val))[:100]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order they are written in, however they were named: the quick ones come first."""
    items.sort(key=lambda item: (item.location[0], item.location[1] or 0))
