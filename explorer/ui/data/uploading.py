"""A field for a file, in the reader's language."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.engine.limits import MEGABYTE
from explorer.plots.words import listed
from explorer.ui.language import Translate
from explorer.ui.occupancy import check_upload

STYLE = """<style>
[data-testid="stFileUploaderDropzone"] button p {{ font-size: 0 }}
[data-testid="stFileUploaderDropzone"] button p::after {{
  content: "{button}"; font-size: 1rem
}}
[data-testid="stFileUploaderDropzoneInstructions"] span {{ display: none }}
[data-testid="stFileUploaderDropzoneInstructions"]::after {{
  content: "{rule}"; font-size: 0.875rem
}}
</style>"""
"""Streamlit has these two texts in English alone, and no argument for them. The button
keeps its own word, unseen: without it, it has no name for who cannot see."""


def file_field(
    label: str,
    endings: Sequence[str],
    megabytes: int,
    key: str,
    _: Translate,
    help_: str | None = None,
) -> UploadedFile | None:
    """The file that was given, of one of these endings and at most this size.

    Raises:
        ExplorerError: if the uploads of all tabs leave no room for one.
    """
    if st.session_state.get(key) is None:
        check_upload(megabytes * MEGABYTE)
    rule = _("At most %(most)d MB: %(endings)s") % {
        "most": megabytes,
        "endings": listed([ending.upper() for ending in endings], _),
    }
    st.html(STYLE.format(button=_("Upload"), rule=rule))
    return st.file_uploader(
        label, type=list(endings), max_upload_size=megabytes, key=key, help=help_
    )
