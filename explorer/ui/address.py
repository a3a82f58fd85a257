"""A tab's settings and its address: a pasted link reproduces the run.

The session keeps the config; the address mirrors it. Whatever differs from what was
last written there came from outside (a link, the back button) and is read anew.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig, query_pairs, to_query
from explorer.data.content import NO_DIGEST
from explorer.errors import ExplorerError
from explorer.ui.language import Translate
from explorer.ui.plain import show_error
from explorer.ui.visitor import visitor

RUN, CLASS, RACE, SWEEP = "run", "class", "race", "sweep"
LESSON, TASK, KEY = "lesson", "task", "key"
PANEL, PROJECTOR = "panel", "projector"
OTHERS = (RUN, CLASS, RACE, SWEEP, LESSON, TASK, KEY, PANEL, PROJECTOR, "lang")
MOST_VALUE = 2000

_CONFIG, _WRITTEN, _EDITION, _ERROR = (
    "address.config",
    "address.written",
    "address.edition",
    "address.error",
)
_PAGE, _LAST, _VISIT = "address.page", "address.last", "address.visit"


def follow_page(page: str) -> None:
    """Bring the address back after a page switch, which empties it."""
    state = st.session_state
    if state.get(_PAGE, page) != page:
        st.query_params.from_dict({**state.get(_LAST, {}), **st.query_params.to_dict()})
        state[_VISIT] = visit() + 1
    state[_PAGE] = page
    remember_address()


def visit() -> int:
    """How many times this tab has changed from one page to another."""
    return int(st.session_state.get(_VISIT, 0))


def remember_address() -> None:
    """Keep what the address says now for the next page."""
    st.session_state[_LAST] = st.query_params.to_dict()


def read_address() -> RunConfig:
    """The config of this tab, after the address was looked at.

    What is wrong with a link is kept for `show_address_error`, and the rest of the page
    goes on with what was there before.
    """
    state = st.session_state
    if _CONFIG not in state:
        state[_CONFIG] = choosing.make_config()
        state[_EDITION] = 0
        state[_WRITTEN] = {}
    given = _settings_in_address()
    if given != state[_WRITTEN]:
        state[_WRITTEN] = given
        state[_ERROR] = None
        try:
            if sum(map(len, given.values())) > MOST_VALUE:
                query_pairs("x" * 10**4)
            # Before anything is made of it: a digest alone must tell nothing.
            visitor().allowed.check_digest(given.get("data.digest", NO_DIGEST))
            state[_CONFIG] = choosing.config_from_pairs(given)
        except ExplorerError as error:
            state[_ERROR] = error.words
        else:
            state[_EDITION] += 1
    config: RunConfig = state[_CONFIG]
    return config


def show_address_error(_: Translate) -> None:
    """Say what was wrong with the link that brought this tab here, if anything was."""
    if error := st.session_state.get(_ERROR):
        show_error(error, _, "link_off")


def allowed_config(_: Translate) -> RunConfig:
    """The tab's config, or the first one where its data is not this person's."""
    config = read_address()
    try:
        visitor().allowed.check_data(config)
    except ExplorerError as error:
        show_error(error, _)
        take_over(choosing.make_config())
        return read_address()
    return config


def widget_edition() -> str:
    """A prefix for widget keys, new whenever values came from the address."""
    return f"edition{st.session_state[_EDITION]}"


def write_address(config: RunConfig) -> None:
    """Make the address say what the widgets say."""
    state = st.session_state
    if config == state[_CONFIG]:
        return
    state[_CONFIG] = config
    state[_ERROR] = None
    pairs = _pairs(config)
    kept = {k: st.query_params[k] for k in OTHERS if k in st.query_params}
    state[_WRITTEN] = pairs
    st.query_params.from_dict({**pairs, **kept})
    remember_address()


def take_over(config: RunConfig) -> None:
    """Put these settings into the widgets and the address (in a callback)."""
    st.session_state[_EDITION] += 1
    write_address(config)


def _name(what: str, which: str) -> None:
    """Name one of something in the address, or none."""
    if which:
        st.query_params[what] = which
    else:
        st.query_params.pop(what, None)
    remember_address()


def shown_run() -> str:
    """The run that the address names; empty for none."""
    return str(st.query_params.get(RUN, ""))


def show_run(run_id: str) -> None:
    """Name a run in the address, or none."""
    _name(RUN, run_id)


def has_settings() -> bool:
    """Whether the address says anything about how to train."""
    return bool(_settings_in_address())


def shown_class() -> str:
    """The class that the address names; empty for none."""
    return str(st.query_params.get(CLASS, ""))


def show_class(group_id: str) -> None:
    """Name a class in the address; none if it is empty."""
    if group_id:
        st.query_params[CLASS] = group_id
    elif CLASS in st.query_params:
        del st.query_params[CLASS]
    remember_address()


def shown_task() -> int:
    """Which task of a class the address names, counted from 0."""
    named = str(st.query_params.get(TASK, ""))
    return max(0, int(named) - 1) if named.isdecimal() and len(named) < 4 else 0


def show_task(place: int) -> None:
    """Name a task of a class in the address."""
    st.query_params[TASK] = str(place + 1)
    remember_address()


def class_link(group_id: str) -> str:
    """A link to the Playground in a class, from whichever page."""
    return f"{_front()}/?{CLASS}={group_id}"


def playground_link(config: RunConfig) -> str:
    """A link to the Playground with these settings, from whichever page."""
    return f"{_front()}/?{to_query(config, choosing.linked_defaults(config))}"


def key_link(code: str) -> str:
    """A link to the page Class with a code that opens one."""
    return f"{_front()}/class?{KEY}={code}"


def shown_key() -> str:
    """The code that the address brings along; empty for none."""
    return str(st.query_params.get(KEY, ""))


def show_key(code: str) -> None:
    """Name a code in the address, or none."""
    _name(KEY, code)


def _front() -> str:
    """Where the app is, as this tab reached it."""
    url = urlsplit(str(st.context.url or ""))
    page = str(st.session_state.get(_PAGE, ""))
    path = url.path.rstrip("/").removesuffix(f"/{page}" if page else "")
    return f"{url.scheme}://{url.netloc}{path}"


def shown_race() -> str:
    """The race that the address names; empty for none."""
    return str(st.query_params.get(RACE, ""))


def show_race(race_id: str) -> None:
    """Name a race in the address, or none."""
    _name(RACE, race_id)


def show_sweep(group_id: str) -> None:
    """Name a sweep in the address, or none."""
    _name(SWEEP, group_id)


def shown_lesson() -> str:
    """The lesson that the address names; empty for none."""
    return str(st.query_params.get(LESSON, ""))


def show_lesson(name: str) -> None:
    """Name a lesson in the address, or none."""
    _name(LESSON, name)


def link(config: RunConfig, run_id: str = "") -> str:
    """A link to these settings, or to this run."""
    base = str(st.context.url or "").split("?")[0]
    if run_id:
        return f"{base}?{RUN}={run_id}"
    return f"{base}?{to_query(config, choosing.linked_defaults(config))}"


def _settings_in_address() -> dict[str, str]:
    given: Mapping[str, Any] = st.query_params.to_dict()
    return {k: str(v) for k, v in given.items() if k not in OTHERS}


def _pairs(config: RunConfig) -> dict[str, str]:
    pairs = query_pairs(to_query(config, choosing.linked_defaults(config)))
    if CLASS in st.query_params:
        return pairs  # there, an address without settings means those of the class
    usual = {"data": specs.DEFAULT_DATA, "model": specs.DEFAULT_MODEL}
    return {k: v for k, v in pairs.items() if usual.get(k) != v}
