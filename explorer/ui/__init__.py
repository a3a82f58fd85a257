"""Pages in parts, and what a browser tab is sent: the only room with Streamlit.

A folder has the name of its page; `live` has what every page of runs draws by.
"""
