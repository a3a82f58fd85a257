"""Tables on paper: Streamlit draws its own on a canvas, of which a printer gets what
the screen showed. Beside each stands the same as text, which `assets/live/paper.js`
lays out for paper alone."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

MOST = 500
"""Rows that are printed; more would make every page that shows the table slow."""

DAY_AND_MINUTE = "%Y-%m-%d %H:%M"

Columns = Mapping[str, Sequence[Any]]


def paper_table(
    table: Columns | Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    nothing: str = "",
) -> str:
    """A table as HTML that holds its cells, written as Streamlit writes them, as JSON;
    without its links.

    Args:
        table: by column or by row.
        settings: Streamlit's `column_config`.
        nothing: what stands where there is no value.
    """
    columns = _columns(table)
    kinds = {name: _kind(settings.get(name)) for name in columns}
    columns = {name: c for name, c in columns.items() if not _is_link(kinds[name])}
    count = min(MOST, max(map(len, columns.values()), default=0))
    rows = [
        [_written(column[k], kinds[name], nothing) for name, column in columns.items()]
        for k in range(count)
    ]
    text = json.dumps([list(map(str, columns)), *rows], ensure_ascii=False)
    for sign in "<>":  # else an attribute that ends a comment or an element is dropped
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f"<table class='sx-paper' data-rows='{escape(text)}'></table>"


def _columns(table: Columns | Sequence[Mapping[str, Any]]) -> Columns:
    if isinstance(table, Mapping):
        return table
    names = list(dict.fromkeys(name for row in table for name in row))
    return {name: [row.get(name) for row in table] for name in names}


def _kind(setting: Any) -> Mapping[str, Any]:
    return (setting or {}).get("type_config") or {}


def _is_link(kind: Mapping[str, Any]) -> bool:
    return kind.get("type") == "link"


def _written(value: Any, kind: Mapping[str, Any], nothing: str) -> str:
    """A value as Streamlit's column of this kind writes it."""
    form = kind.get("format")
    if value is None:
        return nothing
    if isinstance(value, datetime):
        zone = kind.get("timezone")
        return f"{value.astimezone(ZoneInfo(zone) if zone else None):{DAY_AND_MINUTE}}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, int | float) and form == "localized":
        return f"{value:,}"
    if isinstance(value, int | float) and form:
        return str(form % value)
    return str(value)
