"""An architecture's own source as one file that imports nothing of this program.

Starting from a model class, every definition that it needs is copied as it is written
here, in the order in which it is imported. What only guards settings, and what only
pages and curves ask of a model, is left out.
"""

import ast
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from explorer.config.settings import Scalar, Settings
from explorer.portable.sources import (
    PYTORCHS,
    STAND_INS,
    Key,
    Reader,
    end_of,
    is_text,
    source,
)

KEPT_METHODS = frozenset({"forward", "loss", "generate", "draw", "decode"})
"""What a model is asked for by whoever has it, beside what these call."""

NOTES = re.compile(r"  # (type: ignore|noqa).*$", re.MULTILINE)
RAISES = re.compile(r"\n\n( +)Raises:\n(?:\1 +.*\n)+(?:\n(?= *\"\"\"))?")


class Edit(NamedTuple):
    """Bytes of a file from `start` to `end`, and what stands there instead."""

    start: int
    end: int
    text: bytes


class Bundle(NamedTuple):
    """All that a model needs: what is read, and by which reader."""

    readers: Mapping[Key, Reader]
    outside: frozenset[Key]
    """What it imports of other packages: a module, and a name or "*" for all of it."""
    names: Mapping[Key, str]
    """What each definition is called in the one file."""


def bundle(*roots: Key) -> Bundle:
    """Everything that definitions need, themselves included."""
    wanted = KEPT_METHODS
    while True:
        readers, outside = _reached(roots, wanted)
        mentioned = frozenset().union(*(r.attributes for r in readers.values()))
        if mentioned <= wanted:
            names = _names(readers) | PYTORCHS
            return Bundle(readers, frozenset(outside), names)
        wanted |= mentioned


def _reached(
    roots: Sequence[Key], wanted: frozenset[str]
) -> tuple[dict[Key, Reader], set[Key]]:
    readers: dict[Key, Reader] = {}
    outside: set[Key] = set()
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        module, name = key = ("torch", "nn") if key in PYTORCHS else key
        if key in readers or key in outside:
            continue
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
        elif isinstance(each, ast.FunctionDef) and reader.keeps(each.name):
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
    reader, file = whole.readers[key], source(key[0])
    start = min(file.place(n, 0) for n in _first_lines(nodes[0]))
    text = _edited(whole, reader, start, file.place(*end_of(nodes[-1])))
    if isinstance(nodes[0], ast.FunctionDef | ast.ClassDef):
        kind = "def" if isinstance(nodes[0], ast.FunctionDef) else "class"
        return text.replace(f"{kind} {key[1]}", f"{kind} {whole.names[key]}", 1)
    return text


def _first_lines(node: ast.stmt) -> list[int]:
    decorators = getattr(node, "decorator_list", [])
    return [node.lineno, *(each.lineno for each in decorators)]


def _edited(whole: Bundle, reader: Reader, start: int, end: int) -> str:
    """A piece of a file without what was left out, its names as in the one file."""
    file = source(reader.module)
    edits = []
    for use in reader.uses:
        if use.key in whole.names:
            node: Any = use.node
            place = file.place(node.lineno, node.col_offset)
            name = whole.names[use.key].encode()
            edits.append(Edit(place, file.place(*end_of(node)), name))
    for statement in reader.dropped:
        first = min(file.place(n, 0) for n in _first_lines(statement))
        edits.append(
            Edit(first, file.place(int(statement.end_lineno or 0) + 1, 0), b"")
        )
    text = file.text[start:end]
    for edit in sorted(edits, reverse=True):
        if start <= edit.start < end:
            text = text[: edit.start - start] + edit.text + text[edit.end - start :]
    plain = RAISES.sub("\n", NOTES.sub("", text.decode()))
    return re.sub(r"\n\n\n+", "\n\n", plain).rstrip()


def _settings(whole: Bundle, key: Key, values: Mapping[str, Scalar]) -> str:
    """A table of settings as a dataclass, with the run's values as its defaults."""
    module, name = key
    file, reader = source(module), whole.readers[key]
    (node,) = file.defined[name]
    assert isinstance(node, ast.ClassDef)
    fields = getattr(importlib.import_module(module), name).model_fields
    lines = []
    for each in node.body:
        start, end = file.place(each.lineno, 0), file.place(*end_of(each))
        if isinstance(each, ast.AnnAssign):
            assert isinstance(each.target, ast.Name)
            field, kind = each.target.id, each.annotation
            at = file.place(kind.lineno, kind.col_offset)
            edited = _edited(whole, reader, at, file.place(*end_of(kind)))
            default = values.get(field, fields[field].default)
            lines.append(f"    {field}: {edited} = {default!r}")
        elif isinstance(each, ast.FunctionDef) and reader.keeps(each.name):
            lines.append("\n" + _edited(whole, reader, start, end))
        elif is_text(each):
            lines.append(_edited(whole, reader, start, end) + "\n")
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    head = f"@dataclass(frozen=True)\nclass {whole.names[key]}({bases}):"
    return "\n".join([head, *lines])
