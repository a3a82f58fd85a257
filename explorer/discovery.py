"""What the files of a folder declare, so that adding one is all there is to do."""

import importlib.util
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any


def declared(package: ModuleType, name: str) -> dict[str, Any]:
    """What the modules of a package call `name`, in the order of their own names.

    A module in a package of that package has both names, as in "inside.gates".
    """
    start = f"{package.__name__}."
    modules = {
        path.removeprefix(start): importlib.import_module(path)
        for path in _modules(package)
    }
    return {k: getattr(m, name) for k, m in modules.items() if hasattr(m, name)}


def names(package: ModuleType, name: str) -> list[str]:
    """What the files are called whose last word is `name`; none of them is imported."""
    line = re.compile(rf"^{name}\b.* = ", re.MULTILINE)
    paths = [p for p in _modules(package) if line.search(_source(p))]
    return [path.rpartition(".")[2] for path in paths]


def _modules(package: ModuleType) -> list[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return sorted(module.name for module in found if not module.ispkg)


def _source(path: str) -> str:
    spec = importlib.util.find_spec(path)
    assert spec is not None
    return Path(str(spec.origin)).read_text(encoding="utf-8")
