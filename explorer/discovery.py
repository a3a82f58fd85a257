"""What the files of a folder declare, so that adding one is all there is to do."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def declared(package: ModuleType, name: str) -> list[Any]:
    """What the modules of a package call `name`, in the order of their own names."""
    found = pkgutil.iter_modules(package.__path__)
    names = sorted(f"{package.__name__}.{module.name}" for module in found)
    modules = map(importlib.import_module, names)
    return [getattr(module, name) for module in modules if hasattr(module, name)]
