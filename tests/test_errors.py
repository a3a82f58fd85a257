"""A sentence that a person can mend: exact in English, whole in Chinese, portable."""

import ast
import copy
import json
import pickle
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from explorer.catalog import choosing
from explorer.config.run import query_pairs
from explorer.data.choices import Choices
from explorer.data.files import read_series
from explorer.errors import N_, ExplorerError, Words, unknown
from explorer.ui.language import messages, translator

ROOT = Path(__file__).parents[1]
ZH = translator("zh")


def raised(call: Callable[[], object]) -> ExplorerError:
    with pytest.raises(ExplorerError) as caught:
        call()
    return caught.value


def misfit(**settings: int) -> ExplorerError:
    dotted = {f"model.{name}": value for name, value in settings.items()}
    return raised(lambda: choosing.make_config(model="transformer", settings=dotted))


def setting(name: str, value: object) -> ExplorerError:
    return raised(lambda: choosing.make_config(settings={name: value}))


def table(text: str, column: str | None) -> ExplorerError:
    return raised(lambda: read_series(text.encode(), "100%s.csv", Choices(column)))


SAID = {
    "name": (
        unknown(N_("model"), "lsmt", ["lstm", "rnn"]),
        "Unknown model 'lsmt'. Known: lstm, rnn. Did you mean 'lstm'?",
        "未知的模型“lsmt”。已知的有：lstm, rnn。你是不是想写“lstm”？",
    ),
    "name without a guess": (
        unknown("view", "%(x)s", ["inside"]),
        "Unknown view '%(x)s'. Known: inside.",
        "未知的视图“%(x)s”。已知的有：inside。",
    ),
    "bounds": (
        setting("training.steps", 20001),
        "steps must be a whole number from 1 to 20000, but got 20001. Nearest: 20000.",
        "steps 必须是 1 到 20000 的整数，但收到的是 20001。最接近的是 20000。",
    ),
    "percent sign": (
        setting("training.learning_rate", "5%d"),
        "learning_rate must be a number from 1e-05 to 10, but got '5%d'.",
        "learning_rate 必须是 1e-05 到 10 的数，但收到的是 '5%d'。",
    ),
    "choices": (
        setting("training.optimizer", "adm"),
        "optimizer must be one of sgd, adam, adamw, muon, but got 'adm'.",
        "optimizer 必须是以下之一：sgd, adam, adamw, muon，但收到的是 'adm'。",
    ),
    "group": (
        raised(lambda: choosing.make_config("sine", settings={"data.x%": 7})),
        "Unknown setting of dataset sine: 'x%'. Known: ",
        "未知的数据集 sine 的设置“x%”。已知的有：",
    ),
    "heads": (
        misfit(hidden_size=30, heads=4),
        "Attention needs hidden_size divisible by heads, but got 30 and 4. "
        "Nearest: 28 or 32.",
        "注意力要求 hidden_size 能被 heads 整除，但收到的是 30 和 4。"
        "最接近的是 28 或 32。",
    ),
    "link": (
        raised(lambda: query_pairs("seed=2&seed=3")),
        "A link may name each setting once, but 'seed' comes twice. "
        "Remove one of them.",
        "链接中每个设置只能出现一次，但“seed”出现了两次。请去掉其中一个。",
    ),
    "cell": (
        table("v\n" + "1\n2\n" * 53 + "7%\n", "v"),
        "A series is made of numbers, but row 108 in column 'v' of '100%s.csv' says "
        "'7%'. Write numbers as 1234.5, without units.",
        "序列必须由数构成，但第 108 行（列“v”（文件“100%s.csv”））写的是“7%”。"
        "请把数写成 1234.5 的形式，不带单位。",
    ),
    "length": (
        table("v\n2\n3\n5\n", None),
        "A series needs 100 to 1,000,000 values, but column 'v' of '100%s.csv' has 3. "
        "Give a longer one.",
        "序列需要 100 到 1,000,000 个数值，但列“v”（文件“100%s.csv”）有 3 个。"
        "请给一个更长的。",
    ),
}


@pytest.mark.parametrize(("error", "english", "chinese"), SAID.values(), ids=SAID)
def test_a_sentence_in_both_languages(
    error: ExplorerError, english: str, chinese: str
) -> None:
    assert str(error).startswith(english)
    assert error.text(translator("en")) == str(error)
    assert error.text(ZH).startswith(chinese)
    if english.endswith((".", "?")):
        assert (str(error), error.text(ZH)) == (english, chinese)


@pytest.mark.parametrize("error", [e for e, _, _ in SAID.values()], ids=SAID)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_comes_back_from_another_process_as_it_was(
    error: ExplorerError, protocol: int
) -> None:
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.deepcopy(error)):
        assert type(again) is ExplorerError
        assert again.words == error.words
        assert (str(again), again.text(ZH)) == (str(error), error.text(ZH))


@pytest.mark.parametrize("error", [e for e, _, _ in SAID.values()], ids=SAID)
def test_words_come_back_from_json(error: ExplorerError) -> None:
    again = Words.read(json.loads(json.dumps(asdict(error.words))))
    assert again == error.words
    assert again.text(ZH) == error.text(ZH)


def test_words_in_words_are_said_in_the_same_language() -> None:
    known = {"a %(b)s": "1 %(b)s", "b %(c)s, %(n)d": "2 %(n)d, %(c)s", "c": "3"}
    inner = Words("b %(c)s, %(n)d", {"c": Words("c"), "n": 7})
    error = ExplorerError("a %(b)s", b=inner)
    assert str(error) == "a b c, 7"
    assert error.text(lambda message: known.get(message, message)) == "1 2 7, 3"


def test_a_value_is_never_translated_or_formatted() -> None:
    error = ExplorerError("%(came)s", came="model %d %(x)s 100%")
    assert error.text(ZH) == str(error) == "model %d %(x)s 100%"
    assert ZH("model") != "model"
    assert ExplorerError("%(came)s", came="model").text(ZH) == "model"


def test_a_sentence_without_values_may_hold_a_percent_sign() -> None:
    assert str(ExplorerError("At most 100% of it.")) == "At most 100% of it."


def test_a_value_that_is_missing_shows_at_once() -> None:
    with pytest.raises(KeyError):
        ExplorerError("%(here)s %(missing)s", here=5)


def sentences_raised() -> list[ast.Call]:
    """Every `ExplorerError(...)` and `UndecidedError(...)` in the program."""
    paths = (ROOT / "explorer").rglob("*.py")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return [
        each
        for tree in trees
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and name_of(each) in RAISED
    ]


RAISED = ("ExplorerError", "UndecidedError")


def name_of(call: ast.Call) -> str:
    """What is called, where that is a plain name."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.quick
def test_every_sentence_is_marked_and_translated() -> None:
    """One exception: what pydantic says of a whole object is passed on."""
    unmarked, sentences = [], sentences_raised()
    for call in sentences:
        first = call.args[0]
        if not (isinstance(first, ast.Call) and name_of(first) == "N_"):
            unmarked.append(ast.unparse(first))
            continue
        template = ast.literal_eval(first.args[0])
        named = set(re.findall(r"%\((\w+)\)", template))
        place = {"where"} if name_of(call) == "UndecidedError" else set()
        assert named == {k.arg for k in call.keywords} | place, template
        assert re.search(r"[\u4e00-\u9fff]", messages("zh")[template]), template
    assert len(sentences) > 50
    assert unmarked == ["str(problem['msg']).removeprefix('Value error, ')"]
