"""Words that came from outside stay as they were written, in every language; ours are
said in the reader's."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.config.kinds import OWN, Kind
from explorer.data.content import put_examples, put_series
from explorer.data.files import READ
from explorer.data.stored_series import Other
from explorer.errors import AsWritten
from explorer.plots.panel import names_on
from explorer.ui.language import messages, translator
from explorer.ui.live.wishes import Wish
from tests.plots.test_plots_conformance import Moment
from tests.plots.test_plots_outside import texts

WORDS = ("positive", "negative", "temperature")
"""Labels and names of columns that are words of the catalogue, too."""

OURS = [messages("zh")[word] for word in WORDS]
WAVE = np.sin(np.arange(300.0) / 5)
FILES = {
    "labels": ("a.csv", [f"{WORDS[k % 2]},a b{k % 7} c{k}" for k in range(60)]),
    "tags": ("a.conll", [f"a\tO\nb{k}\t{WORDS[k % 2]}\n" for k in range(60)]),
}


def of_examples(kind: Kind) -> str:
    filename, lines = FILES[kind]
    return put_examples(kind, READ[kind]("\n".join(lines).encode(), filename).examples)


def of_series(label: str) -> str:
    others = (Other("positive", True, np.roll(WAVE, 3) + 1e-3 * np.arange(300.0)),)
    return put_series(WAVE, label, None, others)


def every_text(moment: Moment, language: str) -> Iterator[str]:
    """What all panels of a run's two pages say."""
    for page in ("playground", "inside"):
        moment.wish = Wish(shown=",".join(names_on(page)))
        yield from texts(moment.panels(language))


@pytest.mark.parametrize(
    ("kind", "model", "kept"),
    [
        ("labels", "gru", lambda: of_examples("labels")),
        ("tags", "gru", lambda: of_examples("tags")),
        ("tags", "crf", lambda: of_examples("tags")),
        ("tags", "hmm", lambda: of_examples("tags")),
        ("series", "gru", lambda: of_series("temperature")),
    ],
    ids=["labels", "tags", "crf", "hmm", "series"],
)
def test_own_words_are_shown_as_they_were_written(
    kind: Kind,
    model: str,
    kept: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    more: dict[str, Any] = {"data.digest": kept()}
    found = list(every_text(Moment(model, OWN[kind], 2, more), "zh"))
    assert [text for text in found if any(word in text for word in WORDS)]
    assert not [text for text in found if any(word in text for word in OURS)]


def test_our_own_labels_are_said_in_the_readers_language() -> None:
    found = list(every_text(Moment("gru", "sentiment", 2), "zh"))
    assert [text for text in found if messages("zh")["positive"] in text]
    assert not [text for text in found if "positive" in text]


def test_a_written_word_is_no_message() -> None:
    translate = translator("zh")
    assert translate(AsWritten("positive")) == "positive"
    assert translate("positive") == OURS[0]
