"""An architecture's own source as one file that imports nothing of this program.

Starting from a model class, every definition that it needs is copied as it is written
here, in the order in which it is imported. What only guards settings, and what only
pages and curves ask of a model, is left out.
"""

import ast
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from explorer.config import Scalar, Settings

KEPT_METHODS = frozenset({"forward", "loss", "generate", "draw", "decode"})
"""What a model is asked for by whoever has it, beside what these call."""

STAND_INS = {
    ("explorer.config", "Settings"): (
        'class Settings:\n    """What can be chosen of a model."""'
    )
}
"""What is written in place of this program's own machinery."""

NOTES = re.compile(r"  # (type: ignore|noqa).*$", re.MULTILINE)
RAISES = re.compile(r"\n\n( +)Raises:\n(?:\1 +.*\n)+(?:\n(?= *\"\"\"))?")

Key = tuple[str, str]
"""A module and a name that it defines."""


class Edit(NamedTuple):
    """Bytes of a file from `start` to `end`, and what stands there instead."""

    start: int
    end: int
    text: bytes


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
            texts = tuple(n for n in after if _is_text(n))
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
        return self.text[start : self.place(*_end(node))].decode()


@cache
def source(module: str) -> Source:
    """A file, read once."""
    return Source(module)


def _end(node: Any) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset


def _is_text(node: ast.stmt) -> bool:
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
    known = source(module)
    if name in known.defined or (module, name) in STAND_INS:
        return module, name
    if name not in known.imported:
        return None
    there, inner = known.imported[name]
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
        guards(each) or _is_text(each) for each in node.body
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
            if isinstance(inner, ast.FunctionDef) and not self._keeps(inner.name):
                self.dropped.append(inner)
            else:
                self.visit(inner)

    def _keeps(self, method: str) -> bool:
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


class Bundle(NamedTuple):
    """All that a model needs: what is read, and by which reader."""

    readers: Mapping[Key, Reader]
    outside: frozenset[Key]
    """What it imports of other packages: a module, and a name or "*" for all of it."""
    names: Mapping[Key, str]
    """What each definition is called in the one file."""


def bundle(root: Key) -> Bundle:
    """Everything that a definition needs, itself included."""
    wanted = KEPT_METHODS
    while True:
        readers, outside = _reached(root, wanted)
        mentioned = frozenset().union(*(r.attributes for r in readers.values()))
        if mentioned <= wanted:
            return Bundle(readers, frozenset(outside), _names(readers))
        wanted |= mentioned


def _reached(root: Key, wanted: frozenset[str]) -> tuple[dict[Key, Reader], set[Key]]:
    readers: dict[Key, Reader] = {}
    outside: set[Key] = set()
    waiting = [root]
    while waiting:
        key = waiting.pop()
        if key in readers or key in outside:
            continue
        module, name = key
        if not module.startswith("explorer"):
            outside.add(key)
            continue
        readers[key] = reader = Reader(module, wanted)
        if key in STAND_INS:
            continue
        for node in source(module).defined[name]:
            if _is_settings(key):
                _read_settings(reader, node)
            else:
                reader.visit(node)
        waiting += [use.key for use in reader.uses]
    return readers, outside


def _names(readers: Mapping[Key, Reader]) -> dict[Key, str]:
    """Names that two files share tell which file they come from."""
    taken = [name for _, name in readers]
    return {
        (module, name): f"{module.rsplit('.', 1)[1]}_{name}"
        if taken.count(name) > 1
        else name
        for module, name in readers
    }


def imports(outside: Iterable[Key]) -> Iterator[str]:
    """The import statements of other packages, Python's own first."""
    by_module: dict[str, list[str]] = {}
    for module, name in sorted(outside):
        by_module.setdefault(module, []).append(name)

    def order(module: str) -> tuple[bool, str]:
        return module.split(".")[0] not in sys.stdlib_module_names, module

    for module in sorted(by_module, key=order):
        names = by_module[module]
        if "*" in names:
            short = " as F" if module == "torch.nn.functional" else ""
            yield f"import {module}{short}"
        if named := ", ".join(n for n in names if n != "*"):
            yield f"from {module} import {named}"


def _is_settings(key: Key) -> bool:
    value = getattr(importlib.import_module(key[0]), key[1], None)
    return isinstance(value, type) and issubclass(value, Settings)


def _read_settings(reader: Reader, node: ast.AST) -> None:
    """A table of settings uses its bases, the types of its fields, and its methods."""
    assert isinstance(node, ast.ClassDef)
    for base in node.bases:
        reader.visit(base)
    for each in node.body:
        if isinstance(each, ast.AnnAssign):
            reader.visit(each.annotation)
        elif isinstance(each, ast.FunctionDef) and reader._keeps(each.name):
            reader.visit(each)


def definitions(whole: Bundle, root: str, chosen: Mapping[str, Scalar]) -> str:
    """The source of everything in a bundle, in the order in which it is imported.

    Args:
        whole: of the model.
        root: the module of the model.
        chosen: the values that its settings have in this run.
    """
    parts: list[str] = []
    for module in _in_order(root):
        own = [key for key in whole.readers if key[0] == module]
        for key in sorted(own, key=_line_of):
            values = chosen if module == root else {}
            parts.append(_written(whole, key, values))
    return "\n\n\n".join(parts)


def _in_order(module: str, seen: list[str] | None = None) -> list[str]:
    """A module and all of this program that it imports, those first."""
    seen = [] if seen is None else seen
    for each in source(module).modules:
        if each not in seen:
            _in_order(each, seen)
    if module not in seen:
        seen.append(module)
    return seen


def _line_of(key: Key) -> int:
    nodes = source(key[0]).defined.get(key[1], ())
    return nodes[0].lineno if nodes else 0


def _written(whole: Bundle, key: Key, values: Mapping[str, Scalar]) -> str:
    if key in STAND_INS:
        return STAND_INS[key]
    nodes = source(key[0]).defined[key[1]]
    if _is_settings(key):
        return _settings(whole, key, values)
    reader, known = whole.readers[key], source(key[0])
    start = min(known.place(n, 0) for n in _first_lines(nodes[0]))
    text = _edited(whole, reader, start, known.place(*_end(nodes[-1])))
    if isinstance(nodes[0], ast.FunctionDef | ast.ClassDef):
        kind = "def" if isinstance(nodes[0], ast.FunctionDef) else "class"
        return text.replace(f"{kind} {key[1]}", f"{kind} {whole.names[key]}", 1)
    return text


def _first_lines(node: ast.stmt) -> list[int]:
    decorators = getattr(node, "decorator_list", [])
    return [node.lineno, *(each.lineno for each in decorators)]


def _edited(whole: Bundle, reader: Reader, start: int, end: int) -> str:
    """A piece of a file without what was left out, its names as in the one file."""
    known = source(reader.module)
    edits = []
    for use in reader.uses:
        if use.key in whole.names:
            node: Any = use.node
            place = known.place(node.lineno, node.col_offset)
            name = whole.names[use.key].encode()
            edits.append(Edit(place, known.place(*_end(node)), name))
    for statement in reader.dropped:
        first = min(known.place(n, 0) for n in _first_lines(statement))
        edits.append(
            Edit(first, known.place(int(statement.end_lineno or 0) + 1, 0), b"")
        )
    text = known.text[start:end]
    for edit in sorted(edits, reverse=True):
        if start <= edit.start < end:
            text = text[: edit.start - start] + edit.text + text[edit.end - start :]
    plain = RAISES.sub("\n", NOTES.sub("", text.decode()))
    return re.sub(r"\n\n\n+", "\n\n", plain).rstrip()


def _settings(whole: Bundle, key: Key, values: Mapping[str, Scalar]) -> str:
    """A table of settings as a dataclass, with the run's values as its defaults."""
    module, name = key
    known, reader = source(module), whole.readers[key]
    (node,) = known.defined[name]
    assert isinstance(node, ast.ClassDef)
    fields = getattr(importlib.import_module(module), name).model_fields
    lines = []
    for each in node.body:
        start, end = known.place(each.lineno, 0), known.place(*_end(each))
        if isinstance(each, ast.AnnAssign):
            assert isinstance(each.target, ast.Name)
            field, kind = each.target.id, each.annotation
            at = known.place(kind.lineno, kind.col_offset)
            edited = _edited(whole, reader, at, known.place(*_end(kind)))
            default = values.get(field, fields[field].default)
            lines.append(f"    {field}: {edited} = {default!r}")
        elif isinstance(each, ast.FunctionDef) and reader._keeps(each.name):
            lines.append("\n" + _edited(whole, reader, start, end))
        elif _is_text(each):
            lines.append(_edited(whole, reader, start, end) + "\n")
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    head = f"@dataclass(frozen=True)\nclass {whole.names[key]}({bases}):"
    return "\n".join([head, *lines])
