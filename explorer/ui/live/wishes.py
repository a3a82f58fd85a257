"""What a browser tab asks to see, as it comes through the socket."""

import json
from typing import Literal

from explorer.config.run import RUN_ID
from explorer.config.settings import Scalar, Settings, setting
from explorer.errors import N_, ExplorerError

LIVE = -1
MOST_MESSAGE = 4000
"""Characters that one message of a tab may have."""


class Wish(Settings):
    """One tab's choices. The options of panels are checked where they are used."""

    run: str = setting("", "The run to watch.", title="Run", pattern=RUN_ID)
    language: Literal["en", "zh"] = "en"
    at: int = setting(LIVE, "The step to look at.", title="At", ge=LIVE, le=10**6)
    hidden: bool = False
    keeps: bool = False
    """Whether the tab keeps the last frame, and needs only what changed since."""
    example: int = setting(
        -1, "The held-out window to look at.", title="Example", ge=-1, le=4095
    )
    text: str = setting(
        "", "What was typed instead.", title="Own example", pattern=r"^[\s\S]{0,1000}$"
    )
    mark: int = setting(-1, "The marked time step.", title="Time step", ge=-1, le=4095)
    beside: str = setting("", "The run to draw beside.", title="Beside", pattern=RUN_ID)
    shown: str = setting(
        "", "The panels to draw.", title="Shown", pattern=r"^[a-z_,]{0,1000}$"
    )
    options: str = setting(
        "{}", "What was chosen, by panel and option, as JSON.", title="Options"
    )
    hold: Literal["", "hold", "release"] = ""
    token: str = setting(
        "", "The right to hold.", title="Token", pattern=r"^[A-Za-z0-9_.=-]{0,200}$"
    )
    csv: str = setting(
        "", "The panel to download.", title="CSV", pattern=r"^[a-z_]{0,40}$"
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The panels that are asked for, each once."""
        each = (*self.shown.split(","), self.csv)
        return tuple(dict.fromkeys(name for name in each if name))

    @property
    def chosen(self) -> dict[str, Scalar]:
        """Every option by its full name, as in "loss.axis"."""
        found: dict[str, Scalar] = json.loads(self.options)
        return found

    def options_of(self, panel: str) -> dict[str, Scalar]:
        """What was chosen in one panel."""
        start = f"{panel}."
        chosen = self.chosen.items()
        return {n.removeprefix(start): v for n, v in chosen if n.startswith(start)}


def read_wish(message: str) -> Wish:
    """Check what came through the socket.

    Raises:
        ExplorerError: one sentence about what is wrong with it.
    """
    if len(message) > MOST_MESSAGE:
        raise ExplorerError(
            N_(
                "A message may have %(most)d characters, but this one has %(came)d. "
                "Reload the page."
            ),
            most=MOST_MESSAGE,
            came=len(message),
        )
    try:
        values = json.loads(message)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ExplorerError(
            N_("A message must be a JSON object, but this one is not. Reload the page.")
        )
    options = values.get("options", {})
    if not isinstance(options, dict) or any(
        not isinstance(value, bool | int | float | str) for value in options.values()
    ):
        raise ExplorerError(
            N_("The options of a message must be plain values. Reload the page.")
        )
    values["options"] = json.dumps(options, sort_keys=True)
    return Wish.read(values, N_("wish"))
