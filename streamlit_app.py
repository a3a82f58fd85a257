"""The app that `streamlit run streamlit_app.py` serves."""

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.crowd import Crowd
from explorer.ui.doors import Doors
from explorer.ui.files import Compressed
from explorer.ui.headers import Headers
from explorer.ui.live.server import lifespan, routes
from explorer.ui.visitor import KnownBrowsers

app = st.App(
    "explorer/ui/router.py",
    lifespan=lifespan,
    routes=routes(),
    middleware=[
        Middleware(Headers),
        Middleware(Doors),
        Middleware(Compressed),
        Middleware(Crowd),
        Middleware(KnownBrowsers),
    ],
)
