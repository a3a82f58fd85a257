"""Words from outside go through one function, at every door."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.plain import JOINER, literal
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
    assert not re.search(r"[`*\[\]<$~|&\\]|^[#>+=-]|^\d{1,2}[.)]", bare)
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
        if called(call) == "error" and path.name not in ("plain.py", "visitor.py"):
            raise AssertionError(f"{ast.unparse(call)}: use show_error")
