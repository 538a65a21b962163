"""The files that a chapter's outputs depend on: the modules it imports and the tables they name.

A model that no cell imports, directly or by a detour, cannot change what the chapter shows. So a
digest over these files, and not over the whole library, says whether its notebook is stale.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TABLES = ("data/**/*.csv", "data/**/*.csv.gz", "benchmarks/*.csv")
HOW_STORED = "book/tools/notebooks/records.py"


def inputs(code: str, root: Path) -> list[Path]:
    """Every module below ``root`` that the code imports, transitively, and every table they name.

    A table is named where its file, the same without its endings, or its folder stands in a string.
    """
    modules, trees = set(), [ast.parse(code)]
    waiting = list(imports(trees[0]))
    while waiting:
        for path in files_of(waiting.pop(), root) - modules:
            modules.add(path)
            trees.append(ast.parse(path.read_text(encoding="utf-8")))
            waiting += imports(trees[-1])
    named = {text.rpartition("/")[2] for tree in trees for text in strings(tree)}
    tables = {path for pattern in TABLES for path in root.glob(pattern)}
    read = {path for path in tables if named & names_of(path)}
    return sorted({root / HOW_STORED, *modules, *read})


def imports(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it: ``a.b`` or ``a.b.name``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = [node.module] if node.names[0].name == "*" else []
            yield from whole or (f"{node.module}.{alias.name}" for alias in node.names)


def strings(tree: ast.AST) -> Iterator[str]:
    """All strings of a module but those that stand for themselves, as docstrings do."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def names_of(table: Path) -> set[str]:
    """By what a table may be named: its file with and without its endings, and its folder."""
    return {table.name, table.name.partition(".")[0], table.parent.name} - {"data", "benchmarks"}


def files_of(dotted: str, root: Path) -> set[Path]:
    """The files that an import runs, but for packages that only hand names on."""
    parents, part = set(), dotted.split(".")
    for length in range(1, len(part) + 1):
        path = root.joinpath(*part[:length])
        package, module = path / "__init__.py", path.with_suffix(".py")
        if module.is_file():
            return parents | {module}
        if not package.is_file():
            return parents | handed_on(path.parent / "__init__.py", part[length - 1], root)
        if length == len(part) or not only_hands_on(package):
            parents.add(package)
    return parents


def handed_on(package: Path, name: str, root: Path) -> set[Path]:
    """The files behind a name that a package imports for others."""
    if not package.is_file():
        return set()
    for node in ast.parse(package.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return files_of(f"{node.module}.{name}", root)
    return {package}


def only_hands_on(package: Path) -> bool:
    """Whether an ``__init__`` holds nothing but a docstring, imports and ``__all__``."""
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__")
        for node in ast.parse(package.read_text(encoding="utf-8")).body
    )
