"""Words from outside go through one function, at every door."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.records import View
from explorer.ui.live.table import table
from explorer.ui.plain import JOINER, harmless, literal, safe_markdown
from tests.ui.conftest import ROOT

pytestmark = pytest.mark.quick

SHOWN = [*(ROOT / "explorer/ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
MARKDOWN = ("markdown", "caption", "info", "warning", "success", "title", "toast")
LOOKED_FOR = re.compile(
    r"https?://|www\.|\w@\w|:material/|:[a-z_]+:|:[a-z]+\[|(^|\s)(--|->)($|\s)", re.I
)
"""What Streamlit turns into links, pictures and arrows after Markdown was read."""


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(["https://", "www.", "a@b.c", ":smile:", ":material/home:"])
        | st.sampled_from([":red[a]", "--", "->", "\n", "*", "_", "[a](b)", "<b>", " "])
    ).map("".join)
)
def test_nothing_is_left_that_would_be_read(words: str) -> None:
    shown = literal(words)
    assert "\n" not in shown
    bare = re.sub(r"\\([^\w\s]|_)", "x", shown)
    assert not re.search(r"[`*\[\]<$~|&\\]|^[#>+=-]|^\d{1,9}[.)](\s|$)", bare)
    assert not LOOKED_FOR.search(shown.replace("\\", ""))


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=80))
def test_nothing_is_lost(words: str) -> None:
    shown = literal(words).replace(JOINER, "")
    kept = re.sub(r"\\([^\w\s]|_)", r"\1", shown)
    assert kept == " ".join(words.split())


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("hidden_size must be 1 to 8, but got 9.", None),
        ("Unknown model 'lsmt'. Known: gru, lstm. Did you mean 'lstm'?", None),
        ("损失为 3%，请重试。", None),
        ("a\u202eb\nc", "ab c"),
        ("1. a", "1\\. a"),
        ("10) a", "10\\) a"),
        ("2024. a", "2024\\. a"),
        ("1234567890. a", None),
        ("3.14 is no number of a list", None),
        ("- a", "\\- a"),
        ("_a_ b_c", "\\_a\\_ b_c"),
    ],
)
def test_usual_sentences_stay_as_they_are(words: str, shown: str | None) -> None:
    assert literal(words) == (shown or words)


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(node: ast.AST) -> str:
    return node.func.attr if isinstance(getattr(node, "func", 0), ast.Attribute) else ""


@pytest.mark.parametrize("path", SHOWN, ids=lambda p: p.name)
def test_sentences_with_words_from_outside_take_the_one_way(path: Path) -> None:
    for call in calls(path):
        first = call.args[0] if call.args else None
        if called(call) in MARKDOWN:
            assert called(first) not in ("text", "reading"), ast.unparse(call)
        if ast.unparse(call.func) == "st.error":
            assert path.name in ("plain.py", "visitor.py"), "use show_error"
        if called(call) == "dataframe":
            assert path.name == "plain.py", f"{ast.unparse(call)}: use show_table"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1-800", "'+1-800"),
        ("-a", "'-a"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("-0.5", "-0.5"),
        ("+3", "+3"),
        ("-1e-5", "-1e-5"),
        ("-1,234", "-1,234"),
        ("a=1", "a=1"),
        ("–", "–"),
        ("", ""),
        (-3, -3),
        (None, None),
        (["=a", "b"], ["'=a", "b"]),
        ({"=a": ["=b"], "c": [-1.5]}, {"'=a": ["'=b"], "c": [-1.5]}),
        ([{"a": "-b"}], [{"a": "'-b"}]),
    ],
)
def test_no_cell_is_a_formula(cell: object, shown: object) -> None:
    assert harmless(cell) == shown


def test_the_numbers_of_a_view_hold_no_formula() -> None:
    view = View("text", 0, {"=token": np.array(["=1+1", "-2"])})
    assert table(view).splitlines()[1:] == ["'=token,0,'=1+1", "'=token,1,-2"]


@pytest.mark.parametrize(
    "text",
    [
        "![a](http://other/x.png)",
        "\\![a](http://other/x.png)",
        "![a][b]\n\n[b]: http://other",
        "[a](data:text/html,x)",
        "[a](DATA\\:x)",
        "[a](&#100;ata:x)",
        "<data:x>",
    ],
)
def test_a_lesson_has_no_pictures_and_no_data_links(text: str) -> None:
    shown = safe_markdown(text)
    assert not re.search(r"!\[|data\\?:|&#", shown, re.I)
    assert shown.replace(JOINER, "") == text


def test_other_marks_of_a_lesson_stay() -> None:
    text = "# A *lesson* with [a link](https://here.org/?a=1&b=2) and `code`"
    assert safe_markdown(text) == text
