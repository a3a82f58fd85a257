"""What came out of a class, to be kept: as a table for a spreadsheet, and on paper.

Everything is computed from the stored runs when it is asked for.
"""

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import NamedTuple

import streamlit as st

from explorer.catalog import specs
from explorer.config.run import RunConfig, settings_groups
from explorer.engine.classes import Task, read_task
from explorer.engine.classroom import name_of
from explorer.errors import N_
from explorer.plots.parts import short
from explorer.plots.words import clauses
from explorer.runs.boards import Score, best_runs
from explorer.runs.guesses import Guess
from explorer.runs.records import Group
from explorer.runs.store import Store
from explorer.ui.classes.board import numbered
from explorer.ui.classes.polling import asked_of
from explorer.ui.classes.words import task_title
from explorer.ui.describe import setting_line
from explorer.ui.language import Translate
from explorer.ui.lessons.asked import in_words
from explorer.ui.page import language
from explorer.ui.plain import harmless

BOARD = ("model.hidden_size", "model.layers", "training.learning_rate")
"""The settings that have a column each."""


class Result(NamedTuple):
    """What somebody reached in a task; None where there is nothing yet."""

    nickname: str
    task: str
    guess: str | None = None
    best: float | None = None
    steps: int | None = None
    architecture: str | None = None
    hidden_size: float | str | None = None
    layers: float | str | None = None
    learning_rate: float | str | None = None
    settings: str | None = None
    """Everything else that is open, in words."""
    seconds: float | None = None
    reached: int | None = None


HEADS = (
    N_("Nickname"),
    N_("Task"),
    N_("Guess"),
    N_("Best loss"),
    N_("Steps"),
    N_("Architecture"),
    N_("Hidden size"),
    N_("Layers"),
    N_("Learning rate"),
    N_("Other open settings"),
    N_("Training time (s)"),
    N_("Goal reached at step"),
)
"""What the fields of a `Result` are called."""

PAPER = """<style>
@page { size: landscape; margin: 12mm; }
body { font: 10pt/1.35 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC',
  'Microsoft YaHei', sans-serif; margin: 2rem; color: #000; background: #fff; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 3pt 6pt;
  border-bottom: 1px solid #999; }
td:is(:nth-child(-n+3), :nth-child(10)) { overflow-wrap: anywhere; min-width: 5em; }
tr { break-inside: avoid; }
</style>"""


def results_panel(
    store: Store, home: Group, groups: Sequence[Group], anonymous: bool, _: Translate
) -> None:
    """The two downloads, each made when it is asked for."""
    computed = partial(results, store, home, groups, anonymous, _)
    for label, icon, name, mime, made in (
        (_("As CSV"), "table", "results.csv", "text/csv", as_csv),
        (_("To print"), "print", "results.html", "text/html", as_page),
    ):
        st.download_button(
            label,
            data=partial(_made, made, name_of(home), computed, _),
            file_name=name,
            mime=mime,
            icon=f":material/{icon}:",
            key=name,
            on_click="ignore",
        )


def results(
    store: Store, home: Group, groups: Sequence[Group], anonymous: bool, _: Translate
) -> list[Result]:
    """One for everybody in every task, in the order of tasks and of coming.

    Args:
        store: where the runs are.
        home: the class.
        groups: of its tasks, in their order.
        anonymous: whether students have numbers instead of nicknames.
        _: the translating function.
    """
    found = []
    for place, group in enumerate(groups, 1):
        task = read_task(group)
        scores = store.boards.scores(group.id, task.goal, task.within)
        guesses = store.guesses.of(group.id)
        for member in store.members.of(home.id):
            name = numbered(member.seat, _) if anonymous else member.nickname
            title = f"{place}. {task_title(task, _, plain=True)}"
            one = Result(name, title, _guess(task, guesses.get(member.owner), _))
            own = [score for score in scores if score.owner == member.owner]
            found.append(_with_run(store, one, task, own, _))
    return found


def as_csv(title: str, found: Sequence[Result], _: Translate) -> str:
    """For a spreadsheet, which takes nothing in it for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Class"), *(_(head) for head in HEADS)])
    for one in found:
        cells = ["" if cell is None else cell for cell in (title, *one)]
        writer.writerow(harmless(cells))
    return out.getvalue()


def as_page(title: str, found: Sequence[Result], _: Translate) -> str:
    """A page of its own that every browser prints."""
    head = "".join(f"<th scope='col'>{escape(_(words))}</th>" for words in HEADS)
    rows = "".join(
        "<tr>"
        + "".join(f"<td><bdi>{escape(_shown(c))}</bdi></td>" for c in one)
        + "</tr>"
        for one in found
    )
    return (
        f"<!doctype html><html lang='{language()}'><head><meta charset='utf-8'>"
        f"<title>{escape(title)}</title>{PAPER}</head><body><h1>{escape(title)}</h1>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        "</body></html>"
    )


def _made(
    make: Callable[[str, Sequence[Result], Translate], str],
    title: str,
    computed: Callable[[], list[Result]],
    _: Translate,
) -> bytes:
    """With the mark by which spreadsheets know the encoding."""
    return make(title, computed(), _).encode("utf-8-sig")


def _with_run(
    store: Store, one: Result, task: Task, own: Sequence[Score], _: Translate
) -> Result:
    """With the run that came lowest, if there is one."""
    score = next(iter(best_runs(own).values()), None)
    if score is None:
        return one
    run = store.get(score.run_id)
    settings = {
        f"{group}.{name}": value
        for group, values in settings_groups(run.config).items()
        for name, value in values.items()
    }
    others = [n for n in task.open if n in settings and n not in BOARD]
    words = [setting_line(run.config, n, settings[n], _) for n in others]
    size, layers, rate = (settings.get(name) for name in BOARD)
    return one._replace(
        best=score.best,
        steps=run.step,
        architecture=_(specs.model_spec(run.config.model).title),
        hidden_size=size,
        layers=layers,
        learning_rate=rate,
        settings=clauses([*words, *_seed(task, run.config, _)], _) or None,
        seconds=round(run.seconds, 1),
        reached=min((s.reached for s in own if s.reached is not None), default=None),
    )


def _seed(task: Task, config: RunConfig, _: Translate) -> list[str]:
    return [f"{_('Seed')} {config.seed}"] if "seed" in task.open else []


def _guess(task: Task, guess: Guess | None, _: Translate) -> str | None:
    return None if guess is None else in_words(asked_of(task), guess, _)


def _shown(cell: float | str | None) -> str:
    if isinstance(cell, float):
        return short(cell)
    return "–" if cell is None else str(cell)
