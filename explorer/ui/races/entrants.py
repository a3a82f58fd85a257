"""Who takes part in a race: architectures, a grid, or a list made by hand."""

from functools import lru_cache

import streamlit as st
from pydantic.fields import FieldInfo

from explorer.catalog import building, specs
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar, bounds_of, choices_of, extra_of
from explorer.errors import N_, ExplorerError
from explorer.plots.words import listed
from explorer.racing import entries
from explorer.ui.controls import log_options
from explorer.ui.describe import title_of
from explorer.ui.language import Translate
from explorer.ui.page import shown_later, worded
from explorer.ui.plain import show_table
from explorer.ui.races.words import columns, fields_of, labels

WAYS = {
    "architectures": N_("Architectures"),
    "grid": N_("A grid of settings"),
    "list": N_("A list of your own"),
}
EQUALS = {
    "parameters": N_("equal number of parameters"),
    "hidden_size": N_("equal hidden size"),
}
MOST_OFFERED = 64

_LIST = "race.list"


def entrants(base: RunConfig, way: str, _: Translate) -> list[RunConfig]:
    """The settings that take part; `way`: one of `WAYS`."""
    made = {"architectures": _architectures, "grid": _grid, "list": _by_hand}
    return made[way](base, _)


def _architectures(base: RunConfig, _: Translate) -> list[RunConfig]:
    equal = st.radio(
        _("At"),
        list(EQUALS),
        format_func=lambda name: _(EQUALS[name]),
        key="race.equal",
        horizontal=True,
        help=_("What makes it fair: as many units, or as many numbers to learn."),
    )
    configs = _every(base.to_json(), equal, _chosen(base, _))
    wanted = building.parameter_count(base)
    fixed = [c for c in configs if entries.SIZE not in c.model_settings]
    if equal == "parameters":
        note = _(
            "Each has the hidden size that brings it as near as can be to %(count)s "
            "parameters; the table has the counts."
        )
        st.caption(note % {"count": f"{wanted:,}"})
    if fixed:
        note = _("Without a hidden size, and left as it is: %(names)s.")
        names = listed([_(specs.model_spec(c.model).title) for c in fixed], _)
        st.caption(note % {"names": names})
    return configs


def _chosen(base: RunConfig, _: Translate) -> tuple[str, ...]:
    """Which architectures: the first ones, until a person says otherwise."""
    titles = {spec.name: spec.title for spec in entries.rivals(base)}
    return tuple(
        st.multiselect(
            _("Which"),
            list(titles),
            default=entries.usual_rivals(base),
            format_func=lambda name: _(titles[name]),
            max_selections=entries.MOST,
            key=worded(f"race.which.{'|'.join(titles)}"),
            placeholder=_("Choose architectures"),
            help=_("All that learn this task from this data; at most eight race."),
        )
    )


@lru_cache(maxsize=64)
def _every(base: str, equal: entries.Equal, names: tuple[str, ...]) -> list[RunConfig]:
    return entries.architectures(RunConfig.from_json(base), equal, names)


def _grid(base: RunConfig, _: Translate) -> list[RunConfig]:
    names = list(fields_of(base))
    axes: dict[str, list[str]] = {}
    for number, column in enumerate(st.columns(2)):
        with column:
            offered = ["", *names] if number else names
            name = st.selectbox(
                _("Setting") if number == 0 else _("Second setting"),
                [each for each in offered if each not in axes],
                format_func=lambda each: _(title_of(base, each)) if each else _("none"),
                key=f"race.axis{number}",
            )
            if name:
                axes[name] = _values(base, name, number, _)
    return entries.grid(base, axes) if all(axes.values()) else []


def _values(base: RunConfig, name: str, number: int, _: Translate) -> list[str]:
    field = fields_of(base)[name]
    present = _flat(base)[name]
    offered = offers(field, present)
    usual = usual_values(offered, written(present), 4 if number == 0 else 2)
    shown = extra_of(field).get("choices", {})
    return st.multiselect(
        _("Values"),
        offered,
        default=usual,
        format_func=lambda each: _(shown.get(each, each)),
        accept_new_options=not choices_of(field) and field.annotation is not bool,
        key=worded(f"race.values.{name}.{number}"),
        placeholder=_("Choose values, or type one"),
    )


def offers(field: FieldInfo, present: Scalar) -> list[str]:
    """Values of a setting to choose from, as text, in their order."""
    if field.annotation is bool:
        return ["false", "true"]
    if choices := choices_of(field):
        return list(choices)
    low, high = bounds_of(field)
    if low is None or high is None:
        return [written(present)]
    whole = field.annotation is int
    if extra_of(field).get("scale") == "log":
        values = log_options(low, high, float(present), whole=whole)
        return [written(v) for v in values]
    step = extra_of(field).get("slider_step") or (1 if whole else (high - low) / 20)
    count = round((high - low) / step)
    every = max(1, -(-count // MOST_OFFERED))
    values = sorted({*(low + k * step for k in range(0, count + 1, every)), present})
    return [written(int(v) if whole else round(float(v), 9)) for v in values]


def usual_values(offered: list[str], present: str, count: int) -> list[str]:
    """So many of the offered values about the present one, two places apart.

    >>> usual_values(["8", "12", "16", "24", "32", "48", "64"], "32", 3)
    ['16', '32', '64']
    """
    if len(offered) <= count or present not in offered:
        return offered[:count]
    near = offered[offered.index(present) % 2 :: 2]
    at = near.index(present)
    first = min(max(0, at - (count - 1) // 2), max(0, len(near) - count))
    return near[first : first + count]


def written(value: Scalar) -> str:
    """A value as a person would type it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _by_hand(base: RunConfig, _: Translate) -> list[RunConfig]:
    kept: list[RunConfig] = st.session_state.setdefault(_LIST, [])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Add the present settings"),
            icon=":material/add:",
            key="race.add",
            on_click=shown_later(_add),
            args=(base, {}),
            help=_("As they stand above; change them there and add again."),
        )
        with st.popover(_("Add with one change"), icon=":material/edit:"):
            _changed_row(base, _)
    for number, name in enumerate(labels(kept, _) if kept else []):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Remove"),
                icon=":material/delete:",
                key=f"race.remove{number}",
                on_click=_remove,
                args=(number,),
            )
            st.markdown(name)
    return list(kept)


def _changed_row(base: RunConfig, _: Translate) -> None:
    name = st.selectbox(
        _("Setting"),
        list(fields_of(base)),
        format_func=lambda each: _(title_of(base, each)),
        key="race.row.name",
    )
    offered = offers(fields_of(base)[name], _flat(base)[name])
    shown = extra_of(fields_of(base)[name]).get("choices", {})
    value = st.selectbox(
        _("Value"),
        offered,
        format_func=lambda each: _(shown.get(each, each)),
        accept_new_options=True,
        key=f"race.row.{name}",
    )
    st.button(
        _("Add"), key="race.row", on_click=shown_later(_add), args=(base, {name: value})
    )


def _add(base: RunConfig, changes: dict[str, str]) -> None:
    new = entries.changed(base, changes)
    listed = st.session_state[_LIST]
    if new in listed:
        raise ExplorerError(
            N_(
                "Each of a race differs from the others, but these settings are on the "
                "list already. Change one, then add them."
            )
        )
    st.session_state[_LIST] = entries.checked([*listed, new])


def _remove(number: int) -> None:
    del st.session_state[_LIST][number]


def entrants_table(configs: list[RunConfig], _: Translate) -> None:
    """The table of who takes part."""
    if not configs:
        st.info(
            _("Nobody is on the list yet. Add settings, or choose values."),
            icon=":material/info:",
        )
        return
    names = labels(configs, _)
    counts = [f"{building.parameter_count(config):,}" for config in configs]
    table = {_("Setting"): names, **columns(configs, _), _("Parameters"): counts}
    if names == table.get(_("Model")):
        del table[_("Setting")]
    show_table(table, hide_index=True, key="race.who", placeholder="–")


def _flat(config: RunConfig) -> dict[str, Scalar]:
    training = config.training.values()
    return {f"model.{k}": v for k, v in config.model_settings.items()} | {
        f"training.{k}": v for k, v in training.items()
    }
