"""Which plotly.js browsers get: the part that draws our charts, a third of the whole.

`scripts/get_plotly.py` fetches it. Without it, or where it is of another version than
the installed plotly has, they get the whole.
"""

import re
import sys
from importlib import resources
from pathlib import Path

WHOLE = Path(str(resources.files("plotly") / "package_data" / "plotly.min.js"))
PART = Path(sys.prefix, "share", "plotly", "plotly-cartesian.min.js")

TRACES = frozenset({"bar", "heatmap", "scatter"})
"""What our charts are made of. The part has these and a dozen more."""


def version(script: Path) -> str:
    """The version in a script's first lines; empty if there is none.

    >>> version(WHOLE).count(".")
    2
    """
    if not script.is_file():
        return ""
    with script.open("rb") as file:
        named = re.search(rb"plotly\.js .*?v([\d.]+)", file.read(200))
    return named[1].decode() if named else ""


def sent(part: Path) -> Path:
    """The script that browsers get, if this is the part."""
    return part if version(part) == version(WHOLE) else WHOLE


PLOTLY_JS = sent(PART)
PLOTLY = (
    f"explorer/{PLOTLY_JS.name.removesuffix('.min.js')}-{version(PLOTLY_JS)}.min.js"
)
"""Its path under the page's base. What the name stands for never changes."""
