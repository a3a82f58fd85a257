"""The app that `streamlit run streamlit_app.py` serves."""

import streamlit as st

from explorer.ui.server import ROUTES, lifespan

app = st.App("explorer/ui/router.py", lifespan=lifespan, routes=ROUTES)
