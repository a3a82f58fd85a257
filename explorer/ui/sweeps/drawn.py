"""The pictures of a sweep, each drawn once for all who look at it."""

from functools import lru_cache
from typing import Any

import streamlit as st

from explorer.plots.sweeps import pictures, readings, study
from explorer.ui.language import Translate, translator
from explorer.ui.live.figure import show_figure
from explorer.ui.page import language
from explorer.ui.plain import literal


def _show_picture(name: str, drawn: study.SweepDrawn, about: str, _: Translate) -> None:
    """A picture under its question, with what it says."""
    title = _(readings.QUESTIONS[name])
    st.markdown(f"## {title}")
    figure, reading, alternative = _drawn(name, _Key(name, drawn), language())
    show_figure(f"sweep.{name}", figure, alternative, _, title=title, about=about)
    st.markdown(literal(reading))


def show_pictures(drawn: study.SweepDrawn, about: str, _: Translate) -> None:
    """Every picture that a sweep has, two beside each other.

    Args:
        about: the sweep, and how far it has come.
    """
    names = [n for n in pictures.FIGURES if n != "contour" or len(drawn.space) > 1]
    for left in range(0, len(names), 2):
        columns = st.columns(2, gap="medium")
        for column, name in zip(columns, names[left : left + 2], strict=False):
            with column:
                _show_picture(name, drawn, about, _)


class _Key:
    """A drawing under the few facts on which it depends, to be drawn once for all."""

    def __init__(self, name: str, drawn: study.SweepDrawn) -> None:
        self.drawn = drawn
        trials = drawn.trials if name in ("history", "intermediate") else drawn.ended
        facts = [
            (t.number, t.state, tuple(t.values.items()), t.steps, t.loss)
            for t in trials
        ]
        self.facts = name, drawn._replace(trials=()).__repr__(), repr(facts)

    def __hash__(self) -> int:
        return hash(self.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.facts == other.facts


@lru_cache(maxsize=64)
def _drawn(name: str, key: _Key, code: str) -> tuple[Any, str, str]:
    """Figure, reading and alternative text of a picture."""
    _ = translator(code)
    drawn = key.drawn
    figure = pictures.FIGURES[name](drawn, _)
    return (
        figure,
        readings.READINGS[name](drawn, _),
        readings.alternative(name, drawn, _),
    )
