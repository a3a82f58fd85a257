"""Where the server's own routes are, and the pages."""

from pathlib import Path

import plotly

SOCKET = "/explorer/live"
PLOTLY = f"/explorer/plotly-{plotly.__version__}.min.js"
PAGES = Path(__file__).parents[2] / "pages"
PLAYGROUND = PAGES / "playground.py"
