"""Names with what is said of them, in the reader's language."""

import re
from collections.abc import Iterator

import pytest

from explorer.plots.panel import names_on
from explorer.plots.words import entry
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
