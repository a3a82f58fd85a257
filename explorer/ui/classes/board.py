"""The score board of a class: one look at the store in two seconds, by all tabs."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import streamlit as st

from explorer.catalog import specs
from explorer.errors import N_
from explorer.lessons.base import Choose, Number
from explorer.plots.parts import short
from explorer.plots.theme import colour_of
from explorer.runs.boards import Standing
from explorer.runs.places import places
from explorer.runs.store import Store
from explorer.ui.classes.register import moment
from explorer.ui.language import Translate
from explorer.ui.lessons.asked import in_words

NONE = "–"
"""What stands where there is nothing yet."""

STYLE = """<style>
.sx-board { width: 100%; border-collapse: collapse; font-size: 1rem;
  font-variant-numeric: tabular-nums; }
.sx-board.long { font-size: 1.15rem; }
.sx-board th { text-align: left; font-weight: 600; }
.sx-board th, .sx-board td { padding: 0.25rem 0.4rem; border: 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent);
  overflow: hidden; overflow-wrap: anywhere; vertical-align: baseline; }
.sx-board td:not(:nth-child(2)), .sx-board th { white-space: nowrap; }
.sx-board td:nth-child(2) { min-width: 6rem; }
.sx-board .own td { font-weight: 700; }
.sx-wide { overflow-x: auto; }
</style>"""


class Column(NamedTuple):
    """What the teacher's board says of everybody."""

    title: str
    words: Callable[[Standing, Translate], str]
    key: Callable[[Standing], Any]
    """What the board is sorted by; who has none comes last."""


def standings(
    store: Store, home_id: str, group_id: str, goal: float | None, within: int | None
) -> list[Standing]:
    """How the members of a class stand in a task; all tabs share one look in two
    seconds."""
    return looked(store, home_id, group_id, goal, within, moment())


@st.cache_resource(max_entries=64, show_spinner=False)
def looked(
    _store: Store,
    home_id: str,
    group_id: str,
    goal: float | None,
    within: int | None,
    now: int,
) -> list[Standing]:
    members = _store.members.of(home_id)
    return _store.boards.standings(members, group_id, goal, within)


def shown_names(
    found: Sequence[Standing], anonymous: bool, _: Translate, own: int | None = None
) -> list[Standing]:
    """Everybody under the name that the others see.

    Args:
        found: everybody.
        anonymous: whether no nickname is seen.
        own: the seat of who looks, and knows who they are.
    """
    return [
        standing
        if standing.seat == own or (standing.seen and not anonymous)
        else standing._replace(nickname=numbered(standing.seat, _))
        for standing in found
    ]


def numbered(seat: int, _: Translate) -> str:
    """What somebody is called whose nickname is not seen."""
    return _("Student %(number)d") % {"number": seat + 1}


def loss_in_words(loss: float | None) -> str:
    """A loss, or a dash before the first."""
    return NONE if loss is None else short(loss)


COLUMNS: Mapping[str, Column] = {
    "best": Column(
        N_("Best loss"), lambda s, _: loss_in_words(s.best), lambda s: s.best
    ),
    "nickname": Column(
        N_("Nickname"), lambda s, _: s.nickname, lambda s: s.nickname.casefold()
    ),
    "model": Column(
        N_("Architecture"),
        lambda s, _: _(specs.model_spec(s.won.model).title) if s.won else NONE,
        lambda s: s.won and s.won.model,
    ),
    "hidden_size": Column(
        N_("Hidden size"),
        lambda s, _: _number(s.won and s.won.hidden_size),
        lambda s: s.won and s.won.hidden_size,
    ),
    "layers": Column(
        N_("Layers"),
        lambda s, _: _number(s.won and s.won.layers),
        lambda s: s.won and s.won.layers,
    ),
    "learning_rate": Column(
        N_("Learning rate"),
        lambda s, _: _number(s.won and s.won.learning_rate),
        lambda s: s.won and s.won.learning_rate,
    ),
    "step": Column(N_("Step"), lambda s, _: f"{s.step:,}", lambda s: -s.step),
    "now": Column(
        N_("Now"),
        lambda s, _: _("trains") if s.training else NONE,
        lambda s: not s.training,
    ),
    "reached": Column(
        N_("Goal met"), lambda s, _: _step(s.reached, _), lambda s: s.reached
    ),
}
"""By name. What is said of a run is of the one that reached the best loss."""


def columns(goal: float | None) -> list[str]:
    """Those that say something: without a goal nobody meets it."""
    return [name for name in COLUMNS if name != "reached" or goal is not None]


def long_board(
    found: Sequence[Standing],
    goal: float | None,
    _: Translate,
    order: str = "best",
    asked: Choose | Number | None = None,
) -> str:
    """What the teacher sees of everybody, as HTML.

    Args:
        found: everybody, the best first; their places stay.
        goal: the loss to reach, if there is one.
        _: the translating function.
        order: the column to sort by.
        asked: how a guess was given, where the task asks for one.
    """
    shown, key = columns(goal), COLUMNS[order].key
    shown[:2] = "nickname", "best"
    rows = sorted(
        zip(places([s.best for s in found]), found, strict=True),
        key=lambda row: (key(row[1]) is None, key(row[1]) or 0),
    )
    cells = [
        [_cell_of_place(place)] + [_cell_of(name, standing, _) for name in shown]
        for place, standing in rows
    ]
    heads = [_("Place"), *(_(COLUMNS[name].title) for name in shown)]
    if asked is not None:
        heads.append(_("Guess"))
        for row, (_place, standing) in zip(cells, rows, strict=True):
            guess = standing.guess
            row.append(_cell(NONE if guess is None else in_words(asked, guess, _)))
    table = html_table(heads, cells, [False] * len(cells), "long")
    return f"<div class='sx-wide' tabindex='0'>{table}</div>"


def short_board(found: Sequence[Standing], own: int, most: int, _: Translate) -> str:
    """Places, nicknames and losses, no more: the first few and one's own, as HTML.

    Args:
        found: everybody, the best first.
        own: one's own seat.
        most: how many of the first.
        _: the translating function.
    """
    placed = zip(places([s.best for s in found]), found, strict=True)
    rows = [row for k, row in enumerate(placed) if k < most or row[1].seat == own]
    cells = [
        [_cell_of_place(place), _cell(s.nickname), _cell(loss_in_words(s.best))]
        for place, s in rows
    ]
    mine = [standing.seat == own for _place, standing in rows]
    return html_table([_("Place"), _("Nickname"), _("Best loss")], cells, mine)


def html_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    own: Sequence[bool],
    kind: str = "",
) -> str:
    """A table whose second column is words, the rest numbers or states.

    Args:
        heads: the titles of the columns, in words.
        rows: of cells, as HTML.
        own: which rows are the reader's.
        kind: a class of the style sheet above.
    """
    head = "".join(f"<th scope='col'>{escape(words)}</th>" for words in heads)
    body = "".join(
        ("<tr class='own'>" if mine else "<tr>") + "".join(row) + "</tr>"
        for row, mine in zip(rows, own, strict=True)
    )
    return (
        f"{STYLE}<table class='sx-board {kind}'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _cell_of_place(place: int | None) -> str:
    """Who has no loss yet has no place either."""
    return _cell(NONE if place is None else str(place))


def _cell_of(name: str, standing: Standing, _: Translate) -> str:
    """A cell of the long board; an architecture has its colour."""
    words = COLUMNS[name].words(standing, _)
    if name == "model" and standing.won:
        return _cell(words, colour_of(standing.won.model))
    return _cell(words)


def _cell(words: str, colour: str = "") -> str:
    dot = f"<span style='color: {colour}' aria-hidden='true'>● </span>"
    return f"<td>{dot if colour else ''}<bdi>{escape(words)}</bdi></td>"


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:g}"


def _step(step: int | None, _: Translate) -> str:
    return NONE if step is None else _("step %(step)s") % {"step": f"{step:,}"}
