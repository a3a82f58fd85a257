"""What a page needs for its first picture, before the server has imported anything.

Of a server that has just begun, browsers load scripts while it imports what it needs to
draw. What a newcomer is shown first is known by then: it was drawn when the app was
installed.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from streamlit import config

from explorer.ui.language import ASSETS
from explorer.ui.live.scripts import LIVE_JS, style
from explorer.ui.places import FIRST
from explorer.ui.plotly_js import PLOTLY

FOLDER = Path(sys.prefix, "share", "first_pictures")
"""Where `scripts/draw_first.py` puts the answers that newcomers get."""

COLOURS = {
    "background": "background",
    "secondaryBackground": "secondary-background",
    "text": "text",
    "border": "border",
    "primary": "primary",
}
"""Of Streamlit's theme, and what styles call them."""


@cache
def head() -> str:
    """What stands in the page's head: the picture is asked for before all else."""
    return (
        f'<script>sxFirst = fetch("./{FIRST}" + location.search)</script>'
        f'<link rel="preload" as="script" fetchpriority="high" href="./{PLOTLY}">'
        f'<script type="module" async fetchpriority="high" src="./{LIVE_JS}"></script>'
        f"<style>{_style()}</style>"
    )


def kept(language: str) -> bytes | None:
    """What newcomers are answered, if it is what they would be answered now."""
    path = _path(language)
    return path.read_bytes() if path.is_file() else None


def keep(answers: Mapping[str, bytes]) -> None:
    """Keep these answers, by language, in the place of all earlier ones, and have each
    say that it was kept."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for language, answer in answers.items():
        _path(language).write_bytes(answer.replace(b"{", b'{"kept": true, ', 1))


def _path(language: str) -> Path:
    return FOLDER / f"{edition()}.{language}.json"


@cache
def edition() -> str:
    """A digest of all that a first picture is made from."""
    digest = hashlib.sha256(PLOTLY.encode())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    """The code, the words, and the run that is shown."""
    yield from sorted(Path(__file__).parents[2].rglob("*.py"))
    yield from sorted(ASSETS.glob("locale/**/*.po"))
    yield from sorted(ASSETS.glob("samples/sample.*"))


def _style() -> str:
    """How it looks: as it will when Streamlit has brought its theme."""
    size, font, radius = map(_theme, ("baseFontSize", "font", "baseRadius"))
    page = (ASSETS / "page" / f"{name}.css" for name in ("header", "playground"))
    return "\n".join(
        (
            # Streamlit has another size until its theme has come.
            f":root:has(> #sx-first) {{ font-size: {size}px !important }}",
            f":root:has(> .sx-dark) {{ background: {_theme('dark.backgroundColor')} }}",
            f"#sx-first {{ --st-font: {font}; --st-base-radius: {radius} }}",
            f"#sx-first {{ {_colours('light')} }}",
            f"#sx-first.sx-dark {{ {_colours('dark')} }}",
            *(file.read_text(encoding="utf-8") for file in page),
            style("saving", "live", "first"),
        )
    )


def _colours(mode: str) -> str:
    """The colours of light or of dark."""
    return "; ".join(
        f"--st-{name}-color: {_theme(f'{mode}.{option}Color')}"
        for option, name in COLOURS.items()
    )


def _theme(name: str) -> str:
    return str(config.get_option(f"theme.{name}"))
