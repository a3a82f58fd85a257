"""Names with what is said of them, in the reader's language."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer import plots
from explorer.plots.bars import bars
from explorer.plots.panel import names_on
from explorer.plots.runs.verdict import LowestLoss, outcome
from explorer.plots.words import entry, percent, shares
from explorer.ui.language import translator
from explorer.ui.live.wishes import Wish
from tests.plots.test_plots_conformance import Moment

pytestmark = pytest.mark.quick

NARROW = re.compile("[\u4e00-\u9fff）]: ")
"""A half-width colon after a Chinese word."""


def readings(moment: Moment) -> Iterator[str]:
    for page in ("playground", "inside"):
        moment.wish = Wish(shown=",".join(names_on(page)))
        for panel in moment.panels("zh").values():
            yield from (panel[name] for name in ("reading", "alternative"))


def test_a_name_is_parted_by_the_languages_colon() -> None:
    assert entry("遗忘门", "0.5", translator("zh")) == "遗忘门：0.5"
    found = list(readings(Moment("lstm", "sine", 2)))
    assert any("：" in text for text in found)
    assert not [text for text in found if NARROW.search(text)]


def test_names_in_a_row_have_the_languages_comma() -> None:
    level = [LowestLoss(name, 1.0, "1") for name in "ABC"]
    assert outcome(level, None, translator("zh")).endswith("**A**、**B**、**C**。")


BY_HAND = re.compile(r"(?<![%{])\{[^{}]*:\.\d%\}|[\d}]%[\"']")
"""A percent sign that is put to a number without asking how the language does it."""


@pytest.mark.parametrize(("language", "written"), [("en", "76 %"), ("zh", "76%")])
def test_a_share_is_written_alike_on_bars_and_in_sentences(
    language: str, written: str
) -> None:
    _ = translator(language)
    assert percent("76", _) == written
    assert shares([0.756, 0.004], _) == [written, written.replace("76", "<1")]
    made = bars(
        np.array([0.756]),
        ["a"],
        colour="red",
        rows=1,
        reach=1.0,
        titles=("", ""),
        _=_,
    )
    assert made["data"][0]["text"] == [written]


def test_no_picture_writes_a_percent_sign_by_hand() -> None:
    """Ticks of an axis and places in a hover are Plotly's own."""
    folder = Path(plots.__file__).parent
    found = [
        (path.name, line.strip())
        for path in folder.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if BY_HAND.search(line) and "tickformat" not in line
    ]
    assert found == []
