from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

# The same examples in every run; `--hypothesis-profile=search` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.register_profile(  # few and quick, for `mutmut run`
    "mutants",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("same")
