"""The lock files name the tested packages, all of them, each file with its hash."""

import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import licences

ROOT = Path(__file__).parents[1]
LISTS = ("requirements", "requirements-dev")
APART = "torch"
"""What no lock can hold: registries serve different builds of it under one version."""


def needed(start: Requirement, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The names of a package and of all that the installed ones ask for here."""
    name = canonicalize_name(start.name)
    yield name
    for extra in (*start.extras, ""):
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for text in requires(name) or ():
            asked = Requirement(text)
            if asked.marker is None or asked.marker.evaluate({"extra": extra}):
                yield from needed(asked, seen)


def pins(name: str) -> list[Requirement]:
    lines = (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64")
    or not (3, 11) <= sys.version_info[:2] <= (3, 13),
    reason="the lock is not what is installed here",
)
@pytest.mark.parametrize("name", LISTS)
def test_the_lock_names_everything_behind_the_pins_as_installed(name: str) -> None:
    seen: set[tuple[str, str]] = set()
    found = {each for pin in pins(name) for each in needed(pin, seen)} - {APART}
    locked = licences.locked(f"{name}.lock")
    assert {each: version(each) for each in found} == {
        each: locked.get(each) for each in found
    }


@pytest.mark.parametrize("name", LISTS)
def test_every_pin_stands_in_the_lock_and_every_package_there_has_hashes(
    name: str,
) -> None:
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    locked = licences.locked(f"{name}.lock")
    for pin in pins(name):
        if pin.name != APART:
            assert str(pin.specifier) == f"=={locked[canonicalize_name(pin.name)]}"
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
    entries = [entry for entry in entries if re.match(r"\w", entry)]
    assert len(entries) == len(locked)
    for entry in entries:
        assert re.search(r" --hash=sha256:[0-9a-f]{64}$", entry, re.MULTILINE), entry


def test_the_tests_lock_agrees_with_the_apps() -> None:
    assert (
        licences.locked("requirements.lock").items()
        <= licences.locked("requirements-dev.lock").items()
    )


@pytest.mark.parametrize("name", LISTS)
def test_a_lock_names_no_registry(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|^-", text, re.MULTILINE)


def test_the_table_of_licences_is_that_of_the_locks() -> None:
    assert licences.TABLE.read_text(encoding="utf-8") == licences.table()
    assert "not stated" not in licences.table()
