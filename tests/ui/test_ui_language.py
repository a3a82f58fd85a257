"""Nothing visible is left in English on the Chinese page."""

import ast
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from explorer.catalog import specs
from explorer.config.settings import Settings, extra_of
from explorer.config.training import TrainingSettings
from explorer.inspection.base import views
from explorer.models.base import Sizes
from explorer.ui.language import LANGUAGES, best_language, messages, translator

pytestmark = pytest.mark.quick

ROOT = Path(__file__).parents[2]
FIELDS = re.compile(r"%\((\w+)\)[-\d.]*[a-z]|(%s)|(%%)")


def script(name: str) -> Any:
    """A module of scripts/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def extracted() -> dict[str, Any]:
    found: dict[str, Any] = script("messages").extracted()
    return found


def test_every_message_in_the_code_is_translated(extracted: dict[str, Any]) -> None:
    assert len(extracted) > 300
    missing = [message for message in extracted if not messages("zh").get(message)]
    assert missing == []


def test_words_in_the_middle_of_a_string_are_extracted(
    extracted: dict[str, Any],
) -> None:
    """Before Python 3.12 nothing inside an f-string is."""
    for path in [*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Name("_" | "N_"), [ast.Constant(str(words))]):
                    assert words in extracted, f"{path.name}: name it before"


def test_the_catalogue_holds_nothing_that_is_gone(extracted: dict[str, Any]) -> None:
    assert sorted(set(messages("zh")) - set(extracted)) == []


def test_translations_keep_their_placeholders(extracted: dict[str, Any]) -> None:
    for message, translated in messages("zh").items():
        here, there = FIELDS.findall(message), FIELDS.findall(translated)
        assert sorted(here) == sorted(there), message


def test_only_the_command_line_names_its_options(extracted: dict[str, Any]) -> None:
    """A page that shows such a sentence would name what is not there."""
    named = {m: places for m, places in extracted.items() if re.search("--[a-z]", m)}
    assert named
    places = {file for found in named.values() for file, _ in found}
    assert [file for file in places if not file.startswith("explorer/cli/")] == []


def words_of_settings(cls: type[Settings]) -> list[str]:
    said = []
    for field in cls.model_fields.values():
        extra = extra_of(field)
        said += [str(field.title), str(field.description), str(extra["unit"])]
        said += list(extra.get("choices", {}).values())
    return [word for word in said if word]


def words_looked_up_at_run_time() -> list[str]:
    """What pages translate by value: it must have been marked where it is defined."""
    said = words_of_settings(TrainingSettings)
    for model in specs.models().values():
        said += [model.title, model.summary, *words_of_settings(model.settings)]
        said += [c.title for c in model.captures(model.settings())]
    for data in specs.datasets().values():
        said += [data.title, data.summary, *words_of_settings(data.settings)]
        if data.offered:
            made = data.make(data.settings(), 0)
            said += [made.floor_note, made.hint, *made.baselines]
            if made.series is not None:
                said += [made.series.axis, made.series.label]
    said += words_of_settings(views()["prediction"].options)
    return [word for word in said if word]


def test_every_looked_up_word_is_in_the_catalogue() -> None:
    words = set(words_looked_up_at_run_time())
    assert len(words) > 300
    assert sorted(words - set(messages("zh"))) == []


def test_diagrams_and_equations_hold_no_prose() -> None:
    sizes = Sizes(1, 1, 0, 11)
    for model in specs.models().values():
        text = re.sub(r"\$[^$]*\$", "", model.equations(model.settings(), sizes))
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", re.sub(r"\\\w+", "", text))


def test_an_unknown_message_stays_as_it_is() -> None:
    assert translator("zh")("never written anywhere") == "never written anywhere"
    assert translator("en")("Train") == "Train"
    assert translator("zh")("Train") != "Train"


@pytest.mark.parametrize(
    ("wished", "locale", "shown"),
    [
        ("zh", "en-US", "zh"),
        (None, "zh-CN", "zh"),
        (None, "zh", "zh"),
        (None, "en-GB", "en"),
        (None, "fr-FR", "en"),
        (None, None, "en"),
        ("xx", "zh-TW", "zh"),
    ],
)
def test_the_reader_decides_then_the_browser(
    wished: str | None, locale: str | None, shown: str
) -> None:
    assert best_language(wished, locale) == shown
    assert shown in LANGUAGES
