"""What the files of a folder declare, so that adding one is all there is to do."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def declared(package: ModuleType, name: str) -> dict[str, Any]:
    """What the modules of a package call `name`, in the order of their own names.

    A module in a package of that package has both names, as in "inside.gates".
    """
    start = f"{package.__name__}."
    found = pkgutil.walk_packages(package.__path__, start)
    paths = sorted(module.name for module in found if not module.ispkg)
    modules = {
        path.removeprefix(start): importlib.import_module(path) for path in paths
    }
    return {k: getattr(m, name) for k, m in modules.items() if hasattr(m, name)}
