"""The files of this program, taken apart: what each defines, and what that uses."""

import ast
import importlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

STAND_INS = {
    ("explorer.config.settings", "Settings"): (
        'class Settings:\n    """What can be chosen of a model."""'
    )
}
"""What is written in place of this program's own machinery."""

Key = tuple[str, str]
"""A module and a name that it defines."""

PYTORCHS: dict[Key, str] = {
    ("explorer.kernels.nets", name): f"nn.{name}" for name in ("RNN", "GRU")
}
"""What PyTorch has too, only slower, and its name there."""

UNCOMPILED = {"explorer.kernels.layers": "explorer.kernels.loops"}
"""Files that say the same without a compiler, by those that need one."""


class Source:
    """One file of this program, taken apart."""

    def __init__(self, module: str) -> None:
        path = importlib.import_module(module).__file__
        self.name, self.text = module, Path(str(path)).read_bytes()
        self.lines = [0]
        for line in self.text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.tree = ast.parse(self.text)
        self.defined: dict[str, tuple[ast.stmt, ...]] = {}
        self.imported: dict[str, tuple[str, str]] = {}
        """By the name here: a module, and the name there or "" for all of it."""
        self.modules: list[str] = []
        for place, node in enumerate(self.tree.body):
            self._take(node, self.tree.body[place + 1 : place + 2])

    def _take(self, node: ast.stmt, after: list[ast.stmt]) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imported[alias.asname or alias.name] = alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self._import(str(node.module), alias)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.defined[node.name] = (node,)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            texts = tuple(n for n in after if is_text(n))
            for name in _stored(node):
                self.defined[name] = (node, *texts)

    def _import(self, module: str, alias: ast.alias) -> None:
        whole = f"{module}.{alias.name}"
        inside = module.startswith("explorer")
        is_module = inside and isinstance(
            getattr(importlib.import_module(module), alias.name), ModuleType
        )
        target = (whole, "") if is_module else (module, alias.name)
        self.imported[alias.asname or alias.name] = target
        if inside:
            self.modules.append(target[0])

    def place(self, line: int, column: int) -> int:
        """Where a line (from 1) and a column (from 0) are, in bytes."""
        return self.lines[line - 1] + column

    def docstring(self) -> str:
        """The file's own, as it is written."""
        node = self.tree.body[0]
        start = self.place(node.lineno, node.col_offset)
        return self.text[start : self.place(*end_of(node))].decode()


@cache
def source(module: str) -> Source:
    """A file, read once."""
    return Source(module)


def end_of(node: Any) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset


def is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _stored(node: ast.AST) -> set[str]:
    """The names that are given a value somewhere in a node."""
    return {
        n.id
        for n in ast.walk(node)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def found(module: str, name: str) -> Key | None:
    """Where a name that a module uses is defined; None for Python's own."""
    file = source(module)
    if name in file.defined or (module, name) in STAND_INS:
        return module, name
    if name not in file.imported:
        return None
    there, inner = file.imported[name]
    there = UNCOMPILED.get(there, there)
    if inner and there.startswith("explorer"):
        return found(there, inner)
    return there, inner or ("" if there.startswith("explorer") else "*")


def guards(node: ast.AST) -> bool:
    """Whether a statement only refuses what cannot be built."""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and len(node.body) == 1
        and isinstance(node.body[0], ast.Raise)
    )


def is_guard(key: Key) -> bool:
    """Whether a function does nothing but refuse."""
    module, name = key
    (node, *_) = source(module).defined.get(name, (None,))
    return isinstance(node, ast.FunctionDef) and all(
        guards(each) or is_text(each) for each in node.body
    )


class Use(NamedTuple):
    """A place in a file where a name stands, and what it means."""

    node: ast.expr
    key: Key


class Reader(ast.NodeVisitor):
    """Finds what a definition uses, and what of it is left out."""

    def __init__(self, module: str, wanted: frozenset[str]) -> None:
        self.module, self.wanted = module, wanted
        self.uses: list[Use] = []
        self.attributes: set[str] = set()
        self.dropped: list[ast.stmt] = []
        self.local: list[set[str]] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in [*node.bases, *node.keywords, *node.decorator_list]:
            self.visit(each)
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef) and not self.keeps(inner.name):
                self.dropped.append(inner)
            else:
                self.visit(inner)

    def keeps(self, method: str) -> bool:
        return method.startswith("__") or method in self.wanted

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for each in (*node.decorator_list, node.args, node.returns):
            if each is not None:
                self.visit(each)
        arguments = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
        self.local.append(arguments | _stored(node))
        for statement in node.body:
            self.visit(statement)
        self.local.pop()

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.local.append({a.arg for a in ast.walk(node) if isinstance(a, ast.arg)})
        self.visit(node.body)
        self.local.pop()

    def visit_If(self, node: ast.If) -> None:
        if guards(node):
            self.dropped.append(node)
        else:
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            key = found(self.module, call.func.id)
            if key is not None and is_guard(key):
                self.dropped.append(node)
                return
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if any(node.id in names for names in self.local):
            return
        if (key := found(self.module, node.id)) is not None:
            self.uses.append(Use(node, key))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.attributes.add(node.attr)
        if isinstance(node.value, ast.Name):
            key = found(self.module, node.value.id)
            if key is not None and key[1] == "":
                inner = found(key[0], node.attr)
                assert inner is not None, ast.unparse(node)
                self.uses.append(Use(node, inner))
                return
        self.generic_visit(node)
