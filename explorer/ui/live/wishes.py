"""What a browser tab asks to see, as it comes through the socket."""

import json
from typing import Literal

from explorer.config import Scalar, Settings, setting
from explorer.engine.jobs import Wanted
from explorer.errors import N_, ExplorerError

LIVE = -1
MOST_MESSAGE = 4000
"""Characters that one message of a tab may have."""


class Wish(Settings):
    """One tab's choices. Settings of views are checked again where they are used."""

    page: Literal["playground", "inside", "translate"] = "playground"
    run: str = setting(
        "", "The run to watch.", title="Run", pattern=r"^[A-Za-z0-9_-]{0,64}$"
    )
    language: Literal["en", "zh"] = "en"
    at: int = setting(LIVE, "The step to look at.", title="At", ge=LIVE, le=10**6)
    hidden: bool = False
    axis: Literal["step", "second"] = "step"
    scale: Literal["log", "linear"] = "log"
    gradient: Literal["time", "training"] = "time"
    curve: str = setting(
        "loss",
        "The first chart.",
        title="Shown",
        pattern=r"^[a-z0-9_]{1,40}$",
    )
    capture: str = setting(
        "", "The value to look at.", title="Value", pattern=r"^[a-z0-9_.]{0,60}$"
    )
    head: int = setting(0, "Attention head.", title="Head", ge=0, le=63)
    temperature: float = setting(0.8, "Daring.", title="Temperature", ge=0.0, le=2.0)
    top_k: int = setting(0, "Likeliest tokens.", title="Top k", ge=0, le=100)
    prompt: str = setting("", "Beginning.", title="Prompt", pattern=r"^[\s\S]{0,200}$")
    example: int = setting(-1, "The window.", title="Example", ge=-1, le=4095)
    text: str = setting("", "Own.", title="Own example", pattern=r"^[\s\S]{0,1000}$")
    mark: int = setting(-1, "The time step.", title="Time step", ge=-1, le=4095)
    beside: str = setting(
        "", "Another run.", title="Beside", pattern=r"^[A-Za-z0-9_-]{0,64}$"
    )
    shown: str = setting(
        "", "Panels on the screen.", title="Shown", pattern=r"^[a-z_,]{0,400}$"
    )
    options: str = setting("{}", "By panel.", title="Options")
    hold: Literal["", "hold", "release"] = ""
    token: str = setting(
        "", "The right to hold.", title="Token", pattern=r"^[A-Za-z0-9_.=-]{0,200}$"
    )
    csv: str = setting("", "To download.", title="CSV", pattern=r"^[a-z_]{0,40}$")

    def options_of(self, panel: str) -> dict[str, Scalar]:
        """What was chosen in one panel of a page that shows views by name."""
        return {
            name.removeprefix(f"{panel}."): value
            for name, value in json.loads(self.options).items()
            if name.startswith(f"{panel}.")
        }

    def wanted(self) -> tuple[Wanted, ...]:
        """The views that this needs from a worker."""
        views = [
            ("prediction", ("temperature", "top_k", "prompt")),
            ("inside", ("capture", "head")),
        ]
        asked = [
            Wanted(view, json.dumps({n: getattr(self, n) for n in names}))
            for view, names in views
        ]
        if self.gradient == "time":
            asked.append(Wanted("gradients"))
        return tuple(asked)


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
