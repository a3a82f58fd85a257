"""Which of the series that are forecast together a view shows."""

from collections.abc import Mapping
from typing import Any

from explorer.catalog.specs import Resolved, task_of
from explorer.config.settings import setting
from explorer.data.base import Data
from explorer.errors import N_, ExplorerError, Words
from explorer.inspection.base import Choices


def series_field() -> Any:
    """The option that names one of them by its number, from 0; empty: the usual one."""
    return setting(
        "",
        N_("Which of the series that are forecast together."),
        title=N_("Series"),
        pattern=r"^[0-9]{0,2}$",
    )


def series_choices(resolved: Resolved) -> Mapping[str, Choices]:
    """What the option `series` may be: the series that a run forecasts together, the
    usual one first; nothing where it forecasts one alone."""
    if task_of(resolved.data, resolved.model) != "forecast":
        return {"series": []}
    names, shown = resolved.data.together(resolved.data_settings)
    numbers = sorted(range(len(names)), key=lambda k: (k != shown, k))
    return {"series": [(str(k), Words(names[k])) for k in numbers]}


def showing(data: Data, chosen: str) -> Data:
    """The data with the chosen series as the one that is shown.

    Raises:
        ExplorerError: if there is no such series.
    """
    if not chosen:
        return data
    if int(chosen) >= len(data.each):
        raise ExplorerError(
            N_(
                "Series are numbered from 0 to %(most)d here, but got %(came)s. Choose "
                "one of them."
            ),
            most=len(data.each) - 1,
            came=chosen,
        )
    return data.each[int(chosen)]
