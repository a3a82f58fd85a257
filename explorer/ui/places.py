"""Where the server's own routes are, as the component is told."""

import plotly

SOCKET = "/explorer/live"
PLOTLY = f"/explorer/plotly-{plotly.__version__}.min.js"
