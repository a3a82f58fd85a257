"""The app that `streamlit run streamlit_app.py` serves."""

from explorer.ui.leaving import leave_on_interrupt

leave_on_interrupt()  # before the long imports, which nothing else interrupts

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

from explorer.ui.beginning import Beginning, lifespan  # noqa: E402
from explorer.ui.files import Compressed  # noqa: E402
from explorer.ui.headers import Headers  # noqa: E402
from explorer.ui.hosts import KnownHosts  # noqa: E402

app = st.App(
    "explorer/ui/router.py",
    lifespan=lifespan,
    middleware=[
        Middleware(Headers),
        Middleware(KnownHosts),
        Middleware(Compressed),
        Middleware(Beginning),
    ],
)
