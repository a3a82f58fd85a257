"""The browser's part of the components, as text."""

from explorer.ui.language import ASSETS


def script(*names: str) -> str:
    """The files of these names in `assets/live`, one after the other, as one module."""
    files = (ASSETS / "live" / f"{name}.js" for name in names)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
