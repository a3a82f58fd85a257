"""Write LICENCES.md: under which licence each package of the lock files stands.

    python scripts/licences.py

The words are the packages' own, as the installed ones state them.
"""

import re
from importlib.metadata import PackageMetadata, distribution, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "LICENCES.md"
HEAD = """\
# Licences of what is installed

What Sequence Explorer needs to run, and what its tests need on top, in the versions of
`requirements.lock` and `requirements-dev.lock`. `make licences` writes this table out
of what the packages say of themselves.

| Package | Version | Licence | For |
|---|---|---|---|
"""


def locked(file: str) -> dict[str, str]:
    """The version of every package that a file pins, by its name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)(?:\[\w+\])?==([^\s\\]+)", text, re.MULTILINE)
    return {name.lower(): version for name, version in pins}


def packages() -> dict[str, tuple[str, str]]:
    """By name: the version of a package, and what it is for."""
    run = locked("requirements.lock") | {"torch": locked("requirements.txt")["torch"]}
    tests = {
        name: version
        for name, version in locked("requirements-dev.lock").items()
        if name not in run
    }
    found = {name: (version, "the app") for name, version in run.items()}
    found |= {name: (version, "tests") for name, version in tests.items()}
    return dict(sorted(found.items()))


def licence(name: str) -> str:
    """The licence that an installed package states, else the title of its text."""
    facts: PackageMetadata = metadata(name)
    if expression := facts.get("License-Expression"):
        return expression
    classified = [
        line.rpartition(" :: ")[2]
        for line in facts.get_all("Classifier", [])
        if line.startswith("License :: ")
    ]
    stated = (facts.get("License") or "").strip()
    if stated and "\n" not in stated and len(stated) < 60:
        return stated
    return " and ".join(classified) or _title(name)


def _title(name: str) -> str:
    """The first line of the text of the licence that came with a package."""
    texts = [
        file.read_text()
        for file in distribution(name).files or ()
        if file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))
    ]
    return next((text.strip().splitlines()[0] for text in texts), "not stated")


def table() -> str:
    """What LICENCES.md should say."""
    rows = [
        f"| {name} | {version} | {licence(name)} | {use} |\n"
        for name, (version, use) in packages().items()
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
