"""What the files of a folder declare, so that adding one is all there is to do."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def declared(package: ModuleType, name: str) -> dict[str, Any]:
    """What the modules of a package call `name`, by their own names and in order."""
    files = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = {f: importlib.import_module(f"{package.__name__}.{f}") for f in files}
    return {f: getattr(m, name) for f, m in modules.items() if hasattr(m, name)}
