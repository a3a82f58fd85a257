"""Fetch the part of plotly.js that draws lines, bars and maps: a third of the whole.

Usage: python scripts/get_plotly.py

It comes from npm's registry, where the makers of the installed plotly publish it, and
is checked against its hash. Where it cannot be had, the app sends the whole of
plotly.js, which the plotly package has.
"""

import base64
import hashlib
import io
import sys
import tarfile
import urllib.request
from pathlib import Path

VERSION = "4.1.1"
NAME = "plotly.js-cartesian-dist-min"
SHA512 = (
    "o8GrFeusncwBIxbBynRJpY4pkgVB6caM+JLpwrLYbbsO7dZ8FJ+SVN2Fr+L7"
    "kiG/Z6w4P5O0Jus/Qr5EefHVeg=="
)
WHERE = f"https://registry.npmjs.org/{NAME}/-/{NAME}-{VERSION}.tgz"
PATIENCE = 60
"""Seconds."""


class UnfitError(Exception):
    """What came is not what was asked for."""


def main() -> None:
    """Put the script and its licence where the app looks for them."""
    folder = Path(sys.prefix, "share", "plotly")
    try:
        packed = fetched()
    except (OSError, UnfitError) as error:
        sys.stderr.write(
            f"{NAME} {VERSION} could not be fetched ({error}). The app works without: "
            "it sends the whole of plotly.js, 0.9 MB more for each new browser. Run "
            "scripts/get_plotly.py to try again.\n"
        )
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for name in ("LICENSE", "plotly-cartesian.min.js"):
            member = archive.getmember(f"package/{name}")
            member.name = name
            archive.extract(member, folder, filter="data")


def fetched() -> bytes:
    """The package.

    Raises:
        OSError: if the registry does not answer.
        UnfitError: if it answers with something else.
    """
    with urllib.request.urlopen(WHERE, timeout=PATIENCE) as answer:
        packed: bytes = answer.read()
    if (came := hash_of(packed)) != SHA512:
        raise UnfitError(f"its hash must be sha512-{SHA512}, but is sha512-{came}")
    return packed


def hash_of(packed: bytes) -> str:
    """As npm writes it."""
    return base64.b64encode(hashlib.sha512(packed).digest()).decode()


if __name__ == "__main__":
    main()
