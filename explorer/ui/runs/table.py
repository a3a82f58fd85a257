"""A person's runs as a table that is searched, filtered and sorted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from explorer.catalog import specs
from explorer.config.run import settings_groups
from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.runs.records import Run
from explorer.ui.language import Translate
from explorer.ui.live.frames import STATES
from explorer.ui.plain import show_table

KILOBYTE = 1000
MOST_WHOLE = 10
"""A table of so many rows is shown whole; a longer one scrolls."""


class Row(NamedTuple):
    """A run with what stands beside it."""

    run: Run
    best: float | None
    """Its lowest validation loss."""
    size: int
    """Bytes that its states take."""


class Search(NamedTuple):
    """What of the runs is to be seen; empty choices leave nothing out."""

    text: str = ""
    statuses: Sequence[str] = ()
    models: Sequence[str] = ()
    datasets: Sequence[str] = ()
    pinned: bool = False
    order: str = "newest"


ORDERS: Mapping[str, tuple[str, Callable[[Row], Any]]] = {
    "newest": (N_("Newest first"), lambda row: -row.run.created.timestamp()),
    "oldest": (N_("Oldest first"), lambda row: row.run.created.timestamp()),
    "best": (
        N_("Lowest validation loss first"),
        lambda row: (row.best is None, row.best),
    ),
    "largest": (N_("Most parameters first"), lambda row: -row.run.parameters),
    "heaviest": (N_("Most storage first"), lambda row: -row.size),
}


def all_rows(visitor: Visitor) -> list[Row]:
    """Every run of this person's own."""
    shelf = visitor.store.shelf
    best, sizes = shelf.lowest(visitor.owner), shelf.sizes(visitor.owner)
    return [
        Row(run, best.get(run.id), sizes.get(run.id, 0))
        for run in shelf.of(visitor.owner)
    ]


def search_widgets(rows: Sequence[Row], _: Translate) -> Search:
    """What a person looks for."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs.search"):
        text = st.text_input(
            _("Search"),
            key="runs.text",
            max_chars=100,
            placeholder=_("a name, a tag, a model, data, or a setting"),
            icon=":material/search:",
            persist_state="session",
        )
        order = st.selectbox(
            _("Order"),
            list(ORDERS),
            format_func=lambda name: _(ORDERS[name][0]),
            key="runs.order",
            persist_state="session",
        )
    with st.expander(_("Filter"), key="runs.filter", icon=":material/filter_list:"):
        statuses = _choice(
            "status", _("Status"), STATES, {r.run.status for r in rows}, _
        )
        models = {m.name: m.title for m in specs.known_models().values()}
        chosen = _choice(
            "model", _("Model"), models, {r.run.config.model for r in rows}, _
        )
        data = {d.name: d.title for d in specs.datasets().values()}
        sets = _choice("data", _("Data"), data, {r.run.config.data for r in rows}, _)
        pinned = st.toggle(
            _("Only pinned ones"), key="runs.pinned", persist_state="session"
        )
    return Search(text, statuses, chosen, sets, pinned, order)


def _choice(
    name: str, label: str, titles: Mapping[str, str], present: set[str], _: Translate
) -> list[str]:
    return st.pills(
        label,
        [each for each in titles if each in present],
        selection_mode="multi",
        format_func=lambda each: _(titles[each]),
        key=f"runs.{name}",
    )


def found(rows: Sequence[Row], search: Search, _: Translate) -> list[Row]:
    """The rows that fit, in their order; pinned ones stay first.

    Every word that is looked for must stand somewhere in what is known of a run.
    """
    words = search.text.casefold().split()
    fitting = [
        row
        for row in rows
        if (not search.pinned or row.run.pinned)
        and (not search.statuses or row.run.status in search.statuses)
        and (not search.models or row.run.config.model in search.models)
        and (not search.datasets or row.run.config.data in search.datasets)
        and (not words or _has(row.run, words, _))
    ]
    order = ORDERS[search.order][1]
    return sorted(fitting, key=lambda row: (not row.run.pinned, order(row)))


def _has(run: Run, words: Sequence[str], _: Translate) -> bool:
    texts = [run.id, run.name, *run.tags, run.status, _(STATES[run.status])]
    for specs_of_kind, name in (
        (specs.known_models(), run.config.model),
        (specs.datasets(), run.config.data),
    ):
        texts += [name, *(_(spec.title) for spec in [specs_of_kind.get(name)] if spec)]
    texts += [
        f"{key}={value}"
        for group in settings_groups(run.config).values()
        for key, value in group.items()
    ]
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words)


def called(run: Run, _: Translate) -> str:
    """A run's name; without one, its model and size, as in "LSTM, 1 × 32"."""
    if run.name:
        return run.name
    title = title_of_model(run, _)
    chosen = run.config.model_settings
    layers, units = chosen.get("layers"), chosen.get("hidden_size")
    return title if None in (layers, units) else f"{title}, {layers} × {units}"


def title_of_model(run: Run, _: Translate) -> str:
    """What its architecture is called; its plain name if that is not there any more."""
    spec = specs.known_models().get(run.config.model)
    return _(spec.title) if spec else run.config.model


def title_of_data(run: Run, _: Translate) -> str:
    """What its data is called."""
    spec = specs.datasets().get(run.config.data)
    return _(spec.title) if spec else run.config.data


def table(rows: Sequence[Row], _: Translate) -> list[Row]:
    """Show the rows; those that are chosen in it."""
    columns = {
        _("Run"): [called(row.run, _) for row in rows],
        _("Data"): [title_of_data(row.run, _) for row in rows],
        _("Model"): [title_of_model(row.run, _) for row in rows],
        _("Status"): [_(STATES[row.run.status]) for row in rows],
        _("Steps"): [row.run.step for row in rows],
        _("Lowest validation loss"): [row.best for row in rows],
        _("Parameters"): [row.run.parameters for row in rows],
        _("Started"): [row.run.created for row in rows],
        _("Size (kB)"): [round(row.size / KILOBYTE) for row in rows],
        _("Tags"): [list(row.run.tags) for row in rows],
        _("Pinned"): ["✓" if row.run.pinned else "" for row in rows],
    }
    config = st.column_config
    # Another list is another table: a choice never slips to a row that took its place.
    key = hash(tuple(row.run.id for row in rows))
    chosen = show_table(
        columns,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"runs.table.{key}",
        height="content" if len(rows) <= MOST_WHOLE else 420,
        alt=_("Your runs, one in each row"),
        column_config={
            _("Run"): config.TextColumn(width="medium"),
            _("Lowest validation loss"): config.NumberColumn(format="%.4g"),
            _("Started"): config.DatetimeColumn(
                format="YYYY-MM-DD HH:mm", timezone=st.context.timezone
            ),
            _("Steps"): config.NumberColumn(format="localized"),
            _("Parameters"): config.NumberColumn(format="localized"),
            _("Size (kB)"): config.NumberColumn(format="localized"),
            _("Tags"): config.ListColumn(),
        },
    )
    return [rows[k] for k in chosen.selection.rows if k < len(rows)]
