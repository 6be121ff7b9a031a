"""The tests of a Python file, by its syntax tree: which there are, which are switched off, which check something."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_gate.checks.public_surface import parse_python

if TYPE_CHECKING:
    from collections.abc import Iterator

_OFF = frozenset(
    {"skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure", "skipTest", "importorskip"}
)
_CHECKS = frozenset({"raises", "warns", "fail", "approx", "check", "verify", "expect"})
# Hooks with which a conftest can turn a failure into something else.
OUTCOME_HOOKS = frozenset(
    [
        "pytest_runtest_makereport",
        "pytest_collection_modifyitems",
        "pytest_ignore_collect",
        "pytest_pyfunc_call",
        "pytest_runtest_protocol",
        "pytest_runtest_call",
        "pytest_sessionfinish",
        "pytest_report_teststatus",
        "pytest_exception_interact",
        "pytest_collect_file",
        "pytest_pycollect_makeitem",
        "pytest_runtestloop",
    ]
)


@dataclass(frozen=True, slots=True)
class Test:
    """One test function.

    Attributes:
        name: with its class.
        line: 1-based.
        off: how it is switched off ("@pytest.mark.skip"), "" where it is on.
        checks: how many statements check something; 0 where they are not counted.
        cases: how many parameter sets it has; 0 where they are not counted.
        body: the normalised body, for finding it elsewhere.
    """

    name: str
    line: int
    off: str
    checks: int
    cases: int
    body: str


def python_tests(content: bytes) -> dict[str, Test]:
    """Tests by name.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python, or made to be unreadable.
    """
    tree = parse_python(content)
    whole = _module_off(tree)
    return {test.name: test for test in _tests(tree.body, "", whole)}


def outcome_hooks(content: bytes) -> dict[str, int]:
    """The hooks of a conftest that can change outcomes, and what keeps files from being collected: name → line.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `python_tests`.
    """
    found = {}
    for node in ast.walk(parse_python(content)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in OUTCOME_HOOKS:
            found[node.name] = node.lineno
        elif (
            isinstance(node, ast.Name)
            and node.id.startswith("collect_ignore")
            and isinstance(node.ctx, ast.Store)
        ):
            found[node.id] = node.lineno
        elif isinstance(node, ast.Attribute) and node.attr == "_exit":
            found["os._exit"] = node.lineno
    return found


def _tests(body: list[ast.stmt], prefix: str, off: str) -> Iterator[Test]:
    undone = dict(_undone(body))
    for node in body:
        if isinstance(node, ast.ClassDef) and (
            node.name.startswith("Test") or node.name.endswith(("Test", "Tests", "TestCase"))
        ):
            own = off or _decorated_off(node) or _assigned_off(node.body)
            yield from _tests(node.body, f"{prefix}{node.name}.", own)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            line, how = undone.get(node.name, (0, ""))
            yield _test(node, prefix, off or (how if line > node.lineno else ""))
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _tests(node.body, prefix, off)


def _undone(body: list[ast.stmt]) -> Iterator[tuple[str, tuple[int, str]]]:
    """Name → (line, how) of what is taken back: `del test_a`, `test_a = None`, `test_a.__test__ = False`."""
    for item in body:
        targets = item.targets if isinstance(item, ast.Delete | ast.Assign) else []
        for target in targets:
            name = target
            if isinstance(target, ast.Attribute) and target.attr == "__test__":
                name = target.value
            if isinstance(name, ast.Name):
                yield name.id, (item.lineno, ast.unparse(item)[:80])


def _test(node: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str, off: str) -> Test:
    body = [
        item
        for item in node.body
        if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
    ]
    normal = "\n".join(ast.dump(item) for item in body)
    return Test(
        prefix + node.name,
        node.lineno,
        off or _decorated_off(node) or _body_off(body),
        sum(_is_check(item) for item in _live(node)),
        _cases(node),
        normal,
    )


def _decorated_off(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = (
            called.attr
            if isinstance(called, ast.Attribute)
            else called.id
            if isinstance(called, ast.Name)
            else ""
        )
        if name in _OFF:
            return f"@{ast.unparse(decorator)[:80]}"
    return ""


def _body_off(body: list[ast.stmt]) -> str:
    """A test that ends before it has checked anything."""
    for item in body:
        if isinstance(item, ast.Return):
            return "return before anything is checked"
        if isinstance(item, ast.Raise) and item.exc is not None and "Skip" in ast.dump(item.exc):
            return "raises a skip"
        if (
            isinstance(item, ast.Expr)
            and isinstance(item.value, ast.Call)
            and _called(item.value) in {"skip", "xfail", "skipTest"}
        ):
            return f"{ast.unparse(item.value)[:80]}"
        if any(_is_check(node) for node in _live(item)):
            return ""
    return ""


def _live(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it but what can never run (`if False:`)."""
    dead = (
        isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant) and not node.test.value
    )
    yield node
    for child in node.orelse if dead else ast.iter_child_nodes(node):  # type: ignore[attr-defined]
        yield from _live(child)


def _module_off(tree: ast.Module) -> str:
    for item in tree.body:
        if (
            isinstance(item, ast.Expr)
            and isinstance(item.value, ast.Call)
            and _called(item.value) in {"skip", "importorskip"}
        ):
            return "the module is skipped"
    return _assigned_off(tree.body)


def _assigned_off(body: list[ast.stmt]) -> str:
    for item in body:
        if not isinstance(item, ast.Assign):
            continue
        targets = {target.id for target in item.targets if isinstance(target, ast.Name)}
        names = {node.attr for node in ast.walk(item.value) if isinstance(node, ast.Attribute)}
        if "pytestmark" in targets and names & _OFF:
            return "pytestmark"
        if "__test__" in targets and isinstance(item.value, ast.Constant) and item.value.value is False:
            return "__test__ = False"
    return ""


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not (
            isinstance(node.test, ast.Constant) and bool(node.test.value)
        )  # `assert True` checks nothing
    return isinstance(node, ast.Call) and (
        _called(node) in _CHECKS or _called(node).lower().startswith("assert")
    )


def _called(node: ast.Call) -> str:
    return (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )


def _cases(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    total = 1
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and _called(decorator) == "parametrize":
            values = decorator.args[1] if len(decorator.args) > 1 else None
            if not isinstance(values, ast.List | ast.Tuple):
                return 0
            total *= len(values.elts)
    return total
