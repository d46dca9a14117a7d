"""Schedules in configs: YAML, Hydra, jsonargparse, pydantic, argparse and dataclasses, with the real libraries."""

import csv
import json
import sys
from dataclasses import asdict, make_dataclass
from pathlib import Path
from typing import Any

import jsonargparse
import lightning
import pydantic
import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from lightning.pytorch.cli import LightningCLI

from cosine_lr import ConstantLR, CosineLR, LRIterator, PolynomialLR, Schedule, SequenceLR, WarmupLR, parse
from recipes import SCHEDULE, changed, inline, python, recipe, run

WSD = SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=5))], PolynomialLR(0.1, 0.0, t_max=19))
COSINE = CosineLR(0.1, 0.001, t_max=99)


def test_yaml_and_a_number_that_is_text() -> None:
    assert run(recipe("YAML"))["schedule"] == WarmupLR(CosineLR(3e-4, 3e-5, t_max=949), lr_start=3e-6, t_warmup=50)
    wrong, right = inline("YAML", "lr: 3e-4"), inline("YAML", "lr: 3.0e-4")
    assert (yaml.safe_load(wrong)["lr"], yaml.safe_load(right)["lr"]) == ("3e-4", 3e-4)
    split, whole = inline("YAML", "[CosineLR"), inline("YAML", '["CosineLR')
    assert [repr(parse(text)) for text in yaml.safe_load(whole)] == [split.strip("[]")]
    for part in (yaml.safe_load(split)[0], yaml.safe_load(f"{{c: {split.strip('[]')}}}")["c"]):
        with pytest.raises(ValueError, match=r"'\(' was never closed"):
            parse(part)


@pytest.mark.parametrize("which", [0, 1])
def test_hydra(which: int) -> None:
    schedule = run(recipe("Hydra and OmegaConf", which))["schedule"]
    assert schedule == WSD
    assert all(type(part) is tuple for part in (schedule.pieces, schedule.pieces[0]))


def test_trap_hydra_without_convert() -> None:
    """A schedule in a list arrives as a dict, and the error names the piece."""
    code = changed(recipe("Hydra and OmegaConf"), ("  _convert_: all\n", ""))
    with pytest.raises(InstantiationException, match=r"pieces\[0\]\[1\] must be callable.* got \{'schedule'"):
        run(code)


def test_hydra_from_its_command_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("schedule: {_target_: cosine_lr.parse, text: ''}")
    override = inline("Hydra and OmegaConf", "'schedule.text=").strip("'")
    with initialize_config_dir(str(tmp_path), version_base=None):
        assert instantiate(compose("config", [override]).schedule) == CosineLR(0.1, 0.0, t_max=99)


CONFIG = recipe("jsonargparse and LightningCLI").split('"""')[1].partition("\n")[2]


def test_jsonargparse_and_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = run(recipe("jsonargparse and LightningCLI"))
    Path("config.yaml").write_text(CONFIG)
    monkeypatch.setattr(sys, "argv", ["train.py", inline("jsonargparse and LightningCLI", "--config")])
    again = eval(inline("jsonargparse and LightningCLI", "auto_cli"), names)
    assert names["rates"] == again == SCHEDULE.values(100)


def test_do_not_give_jsonargparse_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    def main(schedule: Schedule = SCHEDULE) -> None: ...

    with pytest.raises(SystemExit):
        jsonargparse.auto_cli(main, args=[])
    assert "the following arguments are required: schedule, lr_start, t_warmup" in capsys.readouterr().err


def test_jsonargparse_with_text() -> None:
    """In a process of its own: the type is registered for good."""
    code = recipe("jsonargparse and LightningCLI", 1) + "print(rates)"
    assert json.loads(python("-c", code)) == CosineLR(0.2, 0.001, t_max=99).values(100)


def test_lightning_cli(folder: Path) -> None:
    class Module(lightning.LightningModule):
        def __init__(self, schedule: Schedule) -> None:
            super().__init__()
            self.schedule = schedule

    Path("config.yaml").write_text(yaml.safe_dump({"model": yaml.safe_load(CONFIG)}))
    cli = LightningCLI(Module, run=False, args=["--config=config.yaml"], save_config_callback=None)
    assert cli.model.schedule == SCHEDULE


def test_pydantic() -> None:
    names = run(recipe("pydantic"))
    config_class, config = names["Config"], names["config"]
    assert config.schedule == CosineLR(0.2, 0.001, t_max=99) and names["same"] == config
    assert json.loads(names["text"]) == {"epochs": 100, "schedule": "CosineLR(0.2, 0.001, t_max=99)"}
    assert config_class().schedule == COSINE
    field = config_class.model_json_schema()["properties"]["schedule"]
    assert (field["type"], field["default"]) == ("string", repr(COSINE))
    assert config_class(schedule=WSD).schedule == WSD  # an object passes as it is
    assert config_class.model_validate_json(config_class(schedule=WSD).model_dump_json()).schedule == WSD
    with pytest.raises(pydantic.ValidationError, match="t_max must be > 0, got -5"):
        config_class(schedule="CosineLR(0.1, 0.001, t_max=-5)")
    for bad in ("CosineLR(0.1)", "CosineLR(0.1, 0.0, t_mx=3)", "CosineLR('a', 0.0, 3)", {"e": 3}, 5):
        with pytest.raises(pydantic.ValidationError):
            config_class(schedule=bad)
    plain = pydantic.create_model("Config", schedule=CosineLR)  # do not
    assert "CosineLR" not in plain(schedule=COSINE).model_dump_json()


def options(monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    return run(recipe("The command line and the environment"))["options"]


def test_argparse_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCHEDULE", raising=False)
    assert options(monkeypatch).schedule == COSINE
    monkeypatch.setenv("SCHEDULE", repr(SCHEDULE))
    assert options(monkeypatch).schedule == SCHEDULE
    assert options(monkeypatch, "--schedule", repr(WSD)).schedule == WSD
    key, text = inline("The command line and the environment", "--schedule=").split("=")
    assert (key, parse(text)) == ("--schedule", COSINE)


def test_argparse_says_why(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(monkeypatch, "--schedule", "CosineLR(0.1, 0.001, -5)")
    assert "error: argument --schedule: t_max must be > 0, got -5" in capsys.readouterr().err


def test_a_default() -> None:
    """Do not make an iterator one, and do not save a config as a dict."""
    names = run(recipe("A default"))
    assert (names["Config"]().schedule, names["config"].schedule) == (COSINE, CosineLR(0.2, 0.001, t_max=99))
    assert str(asdict(names["config"])["schedule"]) == inline("A default", "{'lr_init'")
    assert parse(eval(inline("A default", "str("), names)) == names["config"].schedule
    with pytest.raises(ValueError, match="mutable default .*LRIterator.* is not allowed"):
        make_dataclass("Config", [("rates", LRIterator, LRIterator(COSINE))])


def test_what_to_log(folder: Path) -> None:
    run(recipe("What to log"))
    (_, text), *rows = csv.reader(Path("rates.csv").open())
    assert parse(text) == COSINE
    assert [(int(epoch), float(lr)) for epoch, lr in rows] == [*enumerate(COSINE.values(100))]
