"""What is added by one file, and a lesson by its texts too; `adding/` has one each."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

import explorer.data
import explorer.lessons
import explorer.models
import explorer.models.misprints
from explorer.__main__ import main
from explorer.catalog import building, choosing, specs
from explorer.errors import ExplorerError
from explorer.inspection.base import Request, Subject, look
from explorer.lessons import texts
from explorer.lessons.base import lessons
from explorer.plots.inside import gates
from explorer.training.trainer import Budget, Trainer, advance
from explorer.ui import navigation, places

FILES = Path(__file__).parent / "adding"
ROUTER = Path(__file__).parents[1] / "explorer" / "ui" / "router.py"
Add = Callable[[ModuleType, str], None]


def forget() -> None:
    """Have everything that a folder declares found anew."""
    found = specs.models, specs.model_names, specs.datasets, specs.misprints
    for each in (*found, lessons, texts.read):
        each.cache_clear()


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Add]:
    """Puts a file of `adding/` into a folder of the program."""
    added = []

    def put(package: ModuleType, name: str) -> None:
        shutil.copy(FILES / f"{name}.py", tmp_path)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
        added.append(f"{package.__name__}.{name}")
        forget()

    yield put
    monkeypatch.undo()
    for name in added:
        sys.modules.pop(name, None)
    forget()


def listed(kind: str) -> dict[str, object]:
    """What the command line knows of."""
    result = CliRunner().invoke(main, ["list", "--json"])
    found: dict[str, dict[str, object]] = json.loads(result.stdout)
    return found[kind]


def test_an_architecture_is_one_file(add: Add) -> None:
    assert "mgu" not in listed("models")
    add(explorer.models, "mgu")
    assert listed("models")["mgu"] == ["forecast", "next_token", "classify", "tag"]
    config = choosing.make_config("sine", "mgu", {"training.steps": 40})
    state, uncut = advance(config, None, Budget())
    first, begun = advance(config, None, Budget(steps=17))
    _state, rest = advance(config, first, Budget())
    both = np.concatenate([begun.curves.losses, rest.curves.losses])
    np.testing.assert_array_equal(both, uncut.curves.losses)
    assert uncut.curves.losses[-1] < 0.5 * uncut.curves.losses[0]

    subject = Subject.of(Trainer(config, state))
    seen = gates.extract(look(subject, Request("inside")))
    kept = look(subject, Request("inside")).arrays["values"].mean()
    assert gates.reading(seen) == (
        f"The update gate replaces {100 * kept:.0f} % on average."
    )
    bar = gates.figure(seen)["layout"][gates.figure(seen)["data"][0]["coloraxis"]]
    ticks = bar["colorbar"]["ticktext"]
    assert (ticks[0], ticks[-1]) == ("0 keeps", "1 replaces")


def test_a_dataset_is_one_file(add: Add) -> None:
    assert "coin" not in listed("datasets")
    add(explorer.data, "coin")
    assert listed("datasets")["coin"] == "next_token"
    config = choosing.make_config("coin", "gru", {"training.steps": 60})
    _state, progress = advance(config, None, Budget())
    floor = building.make_data(config).floor
    assert floor == pytest.approx(0.6109, abs=1e-4)
    assert progress.validations[-1].loss < 1.1 * floor
    with pytest.raises(ExplorerError, match="heads must be a number from"):
        choosing.make_config("coin", "gru", {"data.heads": 2})


def test_a_lesson_is_one_file_and_its_two_texts(
    add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(lessons())
    for language in ("en", "zh"):
        shutil.copytree(FILES / language, tmp_path / language)
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    add(explorer.lessons, "longer")
    assert lessons()["longer"].number == before + 1
    assert texts.read("longer", "en").before == "Two networks learn the same sine wave."
    assert texts.read("longer", "zh").task == "请你自己训练得更久一些。"
    command = ["lessons", "check", "longer", "--seed", "1"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-2:] == ["Answer: the long one", "Holds"]


def test_a_misprint_is_one_file_and_never_offered(add: Add) -> None:
    add(explorer.models.misprints, "gru_flipped")
    config = choosing.make_config("sine", "gru_flipped", {"training.steps": 2})
    _state, progress = advance(config, None, Budget())
    assert progress.status == "finished"
    assert "gru_flipped" not in listed("models")


def test_a_page_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(FILES / "hello.py", tmp_path)
    (found,) = places.places(tmp_path)
    assert found == (15, "Learn", "Hello", tmp_path / "hello.py")
    monkeypatch.setattr(navigation, "PAGES", tmp_path)
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    assert not page.exception
    assert [title.value for title in page.title] == ["Hello"]


def test_pages_stand_in_the_order_that_they_say() -> None:
    every = places.places(places.PAGES)
    assert [place.title for place in every if not place.address] == ["Playground"]
    assert [place.order for place in every] == sorted({p.order for p in every})
    assert {place.file for place in every} == set(places.PAGES.glob("*.py"))
    assert "class" in {place.address for place in every}


def test_a_page_without_its_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "lost.py").write_text("import streamlit as st\n")
    with pytest.raises(ValueError, match=r"lost\.py must say TITLE, SECTION"):
        places.places(tmp_path)
