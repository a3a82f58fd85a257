"""Bring the translation catalogue up to date with the words in the code.

    python scripts/messages.py [--check]

Translations that exist are kept, new messages enter untranslated, gone ones leave.
With --check nothing is written; the exit code says whether something would change.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
ROOMS = ("explorer", "pages")
KEYWORDS = {"_": None, "N_": None}
LANGUAGES = ("zh",)


def catalogue_path(language: str) -> Path:
    """Where a language's messages are kept."""
    return ROOT / "assets" / "locale" / language / "LC_MESSAGES" / "messages.po"


def extracted() -> dict[str, list[tuple[str, int]]]:
    """Every message in the code, and the files that it stands in."""
    found: dict[str, list[tuple[str, int]]] = {}
    for room in ROOMS:
        rows = extract_from_dir(ROOT / room, keywords=KEYWORDS)
        for file, _line, message, _comments, _context in rows:
            assert isinstance(message, str)  # no plural forms are used
            found.setdefault(message, []).append((f"{room}/{file}", 0))
    return found


def merged(language: str) -> Catalog:
    """The catalogue as it should be."""
    path, before = catalogue_path(language), Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            before = read_po(file, locale=language)
    known = {m.id: m.string for m in before if m.id}
    catalogue = Catalog(
        locale=language,
        project="Sequence Explorer",
        version="0.1.0",
        fuzzy=False,
        creation_date=before.creation_date,
        header_comment=f"# Sequence Explorer's messages in language '{language}'.",
    )
    for message, places in sorted(extracted().items()):
        files = sorted(set(places))
        catalogue.add(message, known.get(message, ""), locations=files)
    return catalogue


def main() -> int:
    """Write every catalogue, or with --check compare only."""
    stale = False
    for language in LANGUAGES:
        path, catalogue = catalogue_path(language), merged(language)
        with path.open("rb") as file:
            before = {m.id: m.string for m in read_po(file, locale=language) if m.id}
        now = {m.id: m.string for m in catalogue if m.id}
        stale = stale or before != now
        if "--check" not in sys.argv:
            with path.open("wb") as file:
                write_po(file, catalogue, width=88, include_lineno=False)
    return int(stale and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
