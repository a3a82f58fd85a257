"""The app that `streamlit run streamlit_app.py` serves."""

from explorer.ui.leaving import leave_on_interrupt

leave_on_interrupt()  # before the long imports, which nothing else interrupts

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

from explorer.ui.clicks import Clicks  # noqa: E402
from explorer.ui.files import Compressed  # noqa: E402
from explorer.ui.headers import Headers  # noqa: E402
from explorer.ui.hosts import KnownHosts  # noqa: E402
from explorer.ui.live.server import lifespan, routes  # noqa: E402
from explorer.ui.occupancy import Occupancy  # noqa: E402
from explorer.ui.visitor import KnownBrowsers  # noqa: E402

app = st.App(
    "explorer/ui/router.py",
    lifespan=lifespan,
    routes=routes(),
    middleware=[
        Middleware(Headers),
        Middleware(KnownHosts),
        Middleware(Compressed),
        Middleware(Occupancy),
        Middleware(Clicks),
        Middleware(KnownBrowsers),
    ],
)
