"""What a change of a source file is: behaviour, public surface, or only comments and layout."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 4 * 1024 * 1024  # of a file that is looked into; a larger one counts as changed


@dataclass(frozen=True, slots=True)
class SurfaceChange:
    """A public name that was added, changed or removed; `line` in the judged file, None where it is gone."""

    name: str
    line: int | None
    what: str


def behaviour_changed(path: str, before: bytes | None, after: bytes | None) -> bool:
    """Whether more than comments, docstrings, blank lines and layout differs. What cannot be read counts as changed."""
    if before is None or after is None:
        return behaviour_changed(path, before or b"", after or b"")
    if before == after:
        return False
    if PurePosixPath(path).suffix in {".py", ".pyi"}:
        try:
            return _skeleton(before) != _skeleton(after)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return True
    if max(len(before), len(after)) > MAX_BYTES:
        return True
    return _tokens(path, before) != _tokens(path, after)


def surface_changes(path: str, before: bytes | None, after: bytes | None) -> tuple[SurfaceChange, ...]:
    """The public names whose declaration differs, in order of the file."""
    if not behaviour_changed(path, before, after):
        return ()
    try:
        old, new = (_declarations(path, content or b"") for content in (before, after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (SurfaceChange(path, 1, "cannot be read"),)
    found = [
        SurfaceChange(name, line, "added" if name not in old else "changed")
        for name, (declaration, line) in new.items()
        if name not in old or old[name][0] != declaration
    ]
    return (*found, *(SurfaceChange(name, None, "removed") for name in old if name not in new))


def parse_python(content: bytes) -> ast.Module:
    """The syntax tree.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python, or made to be unreadable.
    """
    if len(content) > MAX_BYTES:
        raise ValueError("too large")
    return ast.parse(content)


def nested_statements(node: ast.stmt) -> list[ast.stmt]:
    """The statements inside of one that has blocks (`if`, `try`, `with`, a loop): of every block, none of a definition."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
    parts = [*getattr(node, "handlers", []), *getattr(node, "cases", [])]
    return [item for block in (*blocks, *(part.body for part in parts)) for item in block]


def _skeleton(content: bytes) -> str:
    tree = parse_python(content)
    for node in ast.walk(tree):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and _docstring(node):
            node.body = node.body[1:] or ([] if isinstance(node, ast.Module) else [ast.Pass()])
    return ast.dump(tree)


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = node.body[0] if node.body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )


Declarations = dict[str, tuple[str, int]]  # name → (what is declared, line)


def _declarations(path: str, content: bytes) -> Declarations:
    """The public names; one that is declared several times (overloads, a branch each) with all of what is declared."""
    if len(content) > MAX_BYTES:
        raise ValueError("too large")
    if PurePosixPath(path).suffix in {".py", ".pyi"}:
        found = _python_declarations(parse_python(content).body, "")
    else:
        found = _declared_lines(path, content)
    declarations: Declarations = {}
    for name, (declaration, line) in found:
        before, first = declarations.get(name, ("", line))
        declarations[name] = (f"{before}\n{declaration}", first)
    return declarations


def _python_declarations(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, tuple[str, int]]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_public(node.name):
            decorators = [ast.dump(item) for item in node.decorator_list]
            yield (
                prefix + node.name,
                (
                    f"{ast.dump(node.args)}{ast.dump(node.returns) if node.returns else ''}{decorators}",
                    node.lineno,
                ),
            )
        elif isinstance(node, ast.ClassDef) and _is_public(node.name):
            bases = [ast.dump(item) for item in (*node.bases, *node.decorator_list)]
            yield prefix + node.name, (str(bases), node.lineno)
            yield from _python_declarations(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [item for target in targets for item in ast.walk(target) if isinstance(item, ast.Name)]
            for target in names:
                if isinstance(target.ctx, ast.Store) and _is_public(target.id):
                    yield prefix + target.id, (ast.dump(node), node.lineno)
        else:
            yield from _python_declarations(nested_statements(node), prefix)


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__" or (name.startswith("__") and name.endswith("__"))


_MAX_LINE = 400  # characters of a line that is looked at: a longer one is generated
# A line that declares something public, by language; the first group is its name.
_PUBLIC = {
    "js": re.compile(r"^\s*export\s+(?:default\s+)?(?:declare\s+|abstract\s+|async\s+)*(?:function\*?|class|const|let|var|interface|type|enum|namespace)\s+(\w+)|^\s*(?:module\.)?exports\.(\w+)\s*="),
    "go": re.compile(r"^(?:func\s+(?:\([^)]*\)\s*)?([A-Z]\w*)|(?:type|var|const)\s+([A-Z]\w*)|\t([A-Z]\w*)\s+[\w.*\[\]]+)"),
    "rs": re.compile(r"^\s*pub(?!\s*\((?:crate|super|self)\))(?:\([^)]*\))?\s+(?:async\s+|const\s+|unsafe\s+|extern\s+\"C\"\s+)*(?:fn|struct|enum|trait|type|mod|static|const|use|union|macro)\s+(\w+)|^\s*pub\s+(\w+)\s*:"),
    "java": re.compile(r"^\s*(?:@\w+\s+)*public\s+(?:static\s+|final\s+|abstract\s+|sealed\s+|async\s+|override\s+|virtual\s+)*+[\w<>\[\],.? ]*?(?<!\w)(\w++)\s*+(?:\(|\{|=|;|extends|implements|:)"),
    "kt": re.compile(r"^\s*(?!private|internal|protected)(?:public\s+|open\s+|abstract\s+|data\s+|sealed\s+|suspend\s+|inline\s+|override\s+)*(?:fun\s+(?:<[^>]*>\s*)?(?:[\w.]+\.)?|class\s+|interface\s+|object\s+|val\s+|var\s+)(\w+)"),
    "c": re.compile(r"^(?!static\b)[A-Za-z_][\w\s*&:<>,]*?\b(\w+)\s*\([^;]*\)\s*(?:;|\{)?\s*$|^#\s*define\s+(\w+)|^(?:typedef\s+)?(?:struct|enum|union|class)\s+(\w+)"),
    "rb": re.compile(r"^\s*(?:def\s+(?:self\.)?|class\s+|module\s+)([\w?!=]+)"),
    "php": re.compile(r"^\s*(?:public\s+(?:static\s+)?function|function|(?:final\s+|abstract\s+)?class|interface|trait)\s+&?(\w+)"),
    "swift": re.compile(r"^\s*(?:public|open)\s+(?:static\s+|final\s+|override\s+)*(?:func|class|struct|enum|protocol|var|let|init|actor)\s*(\w*)"),
    "ex": re.compile(r"^\s*(?:def|defmacro|defmodule|defstruct)\s+([\w.?!]+)"),
    "sh": re.compile(r"^\s*(?:function\s+)?(\w+)\s*\(\)\s*\{"),
}  # fmt: skip
_LANGUAGE = {
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"), "js"),
    ".go": "go",
    ".rs": "rs",
    **dict.fromkeys((".java", ".cs", ".scala", ".groovy"), "java"),
    **dict.fromkeys((".kt", ".kts"), "kt"),
    **dict.fromkeys((".h", ".hpp", ".hh", ".c", ".cc", ".cpp", ".cxx", ".m", ".mm"), "c"),
    ".rb": "rb",
    ".php": "php",
    ".swift": "swift",
    **dict.fromkeys((".ex", ".exs"), "ex"),
    **dict.fromkeys((".sh", ".bash"), "sh"),
}


def _declared_lines(path: str, content: bytes) -> Iterator[tuple[str, tuple[str, int]]]:
    pattern = _PUBLIC.get(_LANGUAGE.get(PurePosixPath(path).suffix, ""))
    if pattern is None:
        return
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        match = pattern.match(line[:_MAX_LINE])
        if match and (name := next((group for group in match.groups() if group), None)):
            yield name, (" ".join(line.split()).rstrip("{ "), number)


# A comment begins where something has ended: `#` in `${x#y}`, `//` in a regular expression and `--` in `x--y` are code.
_COMMENTS = {
    "hash": r"(?<!\S)#[^\n]*",
    "dash": r"(?<!\S)--[^\n]*|(?<![^\s;(,])/\*.*?\*/",
    "slash": r"(?<![^\s;{}(),])(?://[^\n]*|/\*.*?\*/)",
}
_TEMPLATE = r"`(?:\\.|[^`\\])*`"
# Each piece of a text matches one alternative, what is not closed matches to an end, and nothing is read twice: linear.
_PIECES = {
    name: re.compile(
        rf"(?P<comment>{comment})|(?P<string>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|{_TEMPLATE})"
        r"|(?P<open>[\"'](?:\\.|[^\"'\\\n])*|(?:`|/\*).*)|(?P<word>\w+)|(?P<other>[^\w\s])",
        re.DOTALL,
    )
    for name, comment in _COMMENTS.items()
}
_HASH_SUFFIXES = frozenset(
    [
        ".py",
        ".rb",
        ".sh",
        ".bash",
        ".zsh",
        ".fish",
        ".pl",
        ".pm",
        ".r",
        ".jl",
        ".ex",
        ".exs",
        ".nix",
        ".tf",
        ".ps1",
        ".graphql",
        ".nim",
    ]
)
_DASH_SUFFIXES = frozenset([".sql", ".lua", ".hs", ".elm"])


def _tokens(path: str, content: bytes) -> list[str]:
    """The text without comments and layout; strings as they are. In doubt, something is no comment."""
    suffix = PurePosixPath(path).suffix
    style = "hash" if suffix in _HASH_SUFFIXES else "dash" if suffix in _DASH_SUFFIXES else "slash"
    text = content.decode("utf-8", "replace")
    return [match[0] for match in _PIECES[style].finditer(text) if match["comment"] is None]
