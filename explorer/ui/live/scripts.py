"""The browser's part of the components, as text."""

import hashlib

from explorer.ui.language import ASSETS


def script(*names: str) -> str:
    """The files of these names in `assets/live`, one after the other, as one module."""
    return _joined("js", names)


def style(*names: str) -> str:
    """The same of style sheets."""
    return _joined("css", names)


def _joined(kind: str, names: tuple[str, ...]) -> str:
    files = (ASSETS / "live" / f"{name}.{kind}" for name in names)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


LIVE = script(
    "plotting",
    "element",
    "refusal",
    "tune",
    "text",
    "controls",
    "narrow",
    "memory",
    "drawer",
    "contents",
    "saving",
    "panel",
    "stage",
    "changes",
    "live",
    "first",
).encode()
"""The live part: the same for a page's first picture and for the component."""

LIVE_JS = f"explorer/live-{hashlib.sha256(LIVE).hexdigest()[:12]}.js"
"""Its path under the page's base. What the name stands for never changes."""
