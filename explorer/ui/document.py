"""The document around a page: what language it is in, also where Streamlit speaks."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.language import translator
from explorer.ui.live.scripts import script

NAMES = (
    ("TopNav", N_("App pages")),
    ("Sidebar", N_("App pages")),
    ("Sidebar", N_("Sidebar")),
    ("ExpandSidebarButton", N_("Expand sidebar")),
    ("SidebarCollapseButton", N_("Collapse sidebar")),
    ("Tooltip", N_("Help for %(label)s")),
    ("HeaderActionElements", N_("Link to heading")),
    ("Selectbox", N_("Open")),
    ("Selectbox", N_("Clear value")),
    ("Selectbox", N_("Choose an option")),
    ("MultiSelect", N_("Open")),
    ("MultiSelect", N_("Clear all")),
    ("MultiSelect", N_("Selected values")),
    ("MultiSelect", N_("Remove %(label)s")),
    ("MultiSelect", N_("Choose options")),
    ("NumberInputStepDown", N_("Decrement")),
    ("NumberInputStepUp", N_("Increment")),
    ("NumberInputClearButton", N_("Clear value")),
    ("Slider", N_("%(label)s — start")),
    ("Slider", N_("%(label)s — end")),
    ("Progress", N_("progress")),
    ("FileUploader", N_("file upload")),
    ("FileChip", N_("Remove %(label)s")),
    ("BaseButton-elementToolbar", N_("Show/hide columns")),
    ("BaseButton-elementToolbar", N_("Download as CSV")),
    ("BaseButton-elementToolbar", N_("Search")),
    ("BaseButton-elementToolbar", N_("Fullscreen")),
    ("BaseButton-elementToolbar", N_("Close fullscreen")),
    ("StatusWidget", N_("Running...")),
)
"""What Streamlit calls its parts: the part, and the words for who hears them."""

TEXTS = (
    ("SkipToContent", N_("Skip to main content")),
    ("FileUploaderDropzone", N_("Upload")),
    ("Selectbox", N_("No results")),
    ("MultiSelect", N_("No results")),
    ("MultiSelect", N_("Select all")),
    ("DataFrameColumnMenu", N_("Sort ascending")),
    ("DataFrameColumnMenu", N_("Sort descending")),
    ("DataFrameColumnMenu", N_("Format")),
    ("DataFrameColumnMenu", N_("Autosize")),
    ("DataFrameColumnMenu", N_("Pin column")),
    ("DataFrameColumnMenu", N_("Unpin column")),
    ("DataFrameColumnMenu", N_("Hide column")),
    ("DataFrameColumnMenu", N_("Statistics")),
    ("DataFrameColumnVisibilityMenu", N_("Select all")),
)
"""What Streamlit writes in its parts."""

_component = st.components.v2.component(
    "sequence_explorer_document",
    html="",
    js=script("wording", "document"),
    isolate_styles=False,
)


def say_language(language: str) -> None:
    """Let the browser know in which language the page is; it may change at any time."""
    _ = translator(language)
    words = {
        kind: [
            (part, message, _(message))
            for part, message in each
            if _(message) != message
        ]
        for kind, each in (("names", NAMES), ("texts", TEXTS))
    }
    _component(key="document", data={"language": language, "words": words}, height=1)
