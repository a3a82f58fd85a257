"""The score board of a class: one look at the store in two seconds, by all tabs."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from explorer.engine.classes import Lesson
from explorer.plots.parts import short
from explorer.runs.boards import Standing
from explorer.runs.store import Store
from explorer.ui.language import Translate

STYLE = """<style>
.sx-board { width: 100%; border-collapse: collapse; font-size: 1rem;
  font-variant-numeric: tabular-nums; }
.sx-board th { text-align: left; font-weight: 600; }
.sx-board th, .sx-board td { padding: 0.25rem 0.4rem; border: 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent);
  overflow: hidden; overflow-wrap: anywhere; vertical-align: baseline; }
.sx-board td:not(:nth-child(2)), .sx-board th { white-space: nowrap; }
.sx-board .own td { font-weight: 700; }
</style>"""


@st.cache_resource(ttl=1.9, max_entries=64, show_spinner=False)
def standings(
    _store: Store, group_id: str, goal: float | None, within: int | None
) -> list[Standing]:
    """How the members of a class stand; all tabs share one look in two seconds."""
    members = _store.groups.members(group_id)
    return _store.boards.standings(members, group_id, goal, within)


def loss_in_words(loss: float | None) -> str:
    """A loss, or a dash before the first."""
    return "–" if loss is None else short(loss)


def short_board(
    found: Sequence[Standing], nickname: str, most: int, _: Translate
) -> str:
    """Places, nicknames and losses, no more: the first few and one's own, as HTML."""
    rows = [
        (place, standing)
        for place, standing in enumerate(found, 1)
        if place <= most or standing.nickname == nickname
    ]
    cells = [
        [str(place), standing.nickname, loss_in_words(standing.best)]
        for place, standing in rows
    ]
    own = [standing.nickname == nickname for _place, standing in rows]
    return _table([_("Place"), _("Nickname"), _("Best loss")], cells, own)


def long_board(found: Sequence[Standing], lesson: Lesson, _: Translate) -> str:
    """What the teacher sees of everybody, as HTML."""
    heads = [_("Place"), _("Nickname"), _("Best loss"), _("Step"), _("Now")]
    if lesson.goal is not None:
        heads.append(_("Goal met"))
    cells = []
    for place, standing in enumerate(found, 1):
        row = [str(place), standing.nickname, loss_in_words(standing.best)]
        row += [f"{standing.step:,}", _("trains") if standing.training else "–"]
        if lesson.goal is not None:
            met = _("step %(step)s") % {"step": f"{standing.reached or 0:,}"}
            row.append("–" if standing.reached is None else met)
        cells.append(row)
    return _table(heads, cells, [False] * len(cells))


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], own: Sequence[bool]
) -> str:
    """A table whose second column is words, the rest numbers or states."""
    head = "".join(f"<th scope='col'>{escape(words)}</th>" for words in heads)
    body = "".join(
        ("<tr class='own'>" if mine else "<tr>")
        + "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in row)
        + "</tr>"
        for row, mine in zip(rows, own, strict=True)
    )
    return (
        f"{STYLE}<table class='sx-board'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
