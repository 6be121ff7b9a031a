"""The tests of a Python file, by its syntax tree: which there are, which are switched off, which check something."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from agent_gate.checks.public_surface import nested_statements, parse_python

if TYPE_CHECKING:
    from collections.abc import Iterator

_OFF = frozenset({"skip", "xfail", "expectedFailure"})
_CONDITIONS = frozenset({"skipif", "skipIf", "skipUnless", "importorskip"})
_ENDING = frozenset({"skip", "xfail", "skipTest"})  # calls in a body
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
        "pytest_runtest_setup",
        "pytest_runtest_teardown",
        "pytest_runtest_logreport",
        "pytest_itemcollected",
        "pytest_collection",
        "pytest_collection_finish",
        "pytest_make_collect_report",
        "pytest_fixture_setup",
        "pytest_cmdline_main",
        "pytest_unconfigure",
    ]
)


@dataclass(frozen=True, slots=True)
class Test:
    """One test function.

    Attributes:
        name: with its class.
        line: 1-based.
        off: how it is switched off ("@pytest.mark.skip"), "" where it is on.
        condition: on what it depends whether it runs ("@pytest.mark.skipif(…)"), "" where it always does.
        checks: how many statements check something; 0 where they are not counted.
        cases: how many parameter sets it has that are not switched off; None where they are not counted.
        body: the normalised body, for finding it elsewhere.
    """

    name: str
    line: int
    off: str
    condition: str
    checks: int
    cases: int | None
    body: str


class _Held(NamedTuple):
    """What keeps tests from running: always (`off`), or on a condition; the first reason that was found of each."""

    off: str = ""
    condition: str = ""

    def __or__(self, other: _Held) -> _Held:
        return _Held(self.off or other.off, self.condition or other.condition)


def python_tests(content: bytes) -> dict[str, Test]:
    """Tests by name.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python, or made to be unreadable.
    """
    tree = parse_python(content)
    return {test.name: test for test in _tests(tree.body, "", _module_held(tree))}


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


def _tests(body: list[ast.stmt], prefix: str, held: _Held) -> Iterator[Test]:
    undone = dict(_undone(body))
    for node in body:
        if isinstance(node, ast.ClassDef) and _is_test_class(node):
            own = held | _decorated(node) | _assigned(node.body)
            yield from _tests(node.body, f"{prefix}{node.name}.", own)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            line, how = undone.get(node.name, (0, ""))
            yield _test(node, prefix, held | _Held(how if line > node.lineno else ""))
        elif isinstance(node, ast.If):
            condition = ast.unparse(node.test)[:80]
            never = f"if {condition}" if _is_dead(node) else ""
            yield from _tests(node.body, prefix, held | _Held(never, f"if {condition}"))
            yield from _tests(node.orelse, prefix, held if never else held | _Held("", f"if not {condition}"))
        else:
            yield from _tests(nested_statements(node), prefix, held)


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


def _is_test_class(node: ast.ClassDef) -> bool:
    names = (node.name, *(_last_name(base) for base in node.bases))
    return node.name.startswith("Test") or any(name.endswith(("Test", "Tests", "TestCase")) for name in names)


def _test(node: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str, held: _Held) -> Test:
    body = [
        item
        for item in node.body
        if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
    ]
    held = held | _decorated(node) | _body(body)
    return Test(
        prefix + node.name,
        node.lineno,
        held.off,
        held.condition,
        sum(_is_check(item) for item in _live(node)),
        _cases(node),
        "\n".join(ast.dump(item) for item in body),
    )


def _decorated(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> _Held:
    held = _Held()
    for decorator in node.decorator_list:
        name = _last_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
        held |= _by_name({name}, f"@{ast.unparse(decorator)[:80]}")
    return held


def _by_name(names: set[str], reason: str) -> _Held:
    """What marks of these names mean."""
    return _Held(reason if names & _OFF else "", reason if names & _CONDITIONS else "")


def _body(body: list[ast.stmt]) -> _Held:
    """A test that ends before it has checked anything, or does so on a condition."""
    for item in body:
        if isinstance(item, ast.Return):
            return _Held("return before anything is checked")
        if _raises_skip(item):
            return _Held("raises a skip")
        if isinstance(item, ast.Expr) and isinstance(item.value, ast.Call) and _called(item.value) in _ENDING:
            return _Held(ast.unparse(item.value)[:80])
        if isinstance(item, ast.If) and (inner := _body(item.body)).off:
            return _Held(condition=f"{inner.off} if {ast.unparse(item.test)[:80]}")
        if any(_is_check(node) for node in _live(item)):
            return _Held()
    return _Held()


def _live(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it but what can never run (`if False:`)."""
    yield node
    for child in node.orelse if _is_dead(node) else ast.iter_child_nodes(node):  # type: ignore[attr-defined]
        yield from _live(child)


def _is_dead(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant) and not node.test.value
    )


def _raises_skip(item: ast.stmt) -> bool:
    return isinstance(item, ast.Raise) and item.exc is not None and "Skip" in ast.dump(item.exc)


def _module_held(tree: ast.Module) -> _Held:
    """What holds for every test of a module: marks, and calls that skip it."""
    held = _assigned(tree.body)
    for item in _statements(tree.body):
        value = item.value if isinstance(item, ast.Expr | ast.Assign | ast.AnnAssign) else None
        calls = {_called(node) for node in ast.walk(value) if isinstance(node, ast.Call)} if value else set()
        if "skip" in calls or _raises_skip(item):
            how = ast.unparse(item)[:80]
            held |= _Held(how) if item in tree.body else _Held(condition=how)
        held |= _by_name(calls & {"importorskip"}, ast.unparse(item)[:80] if "importorskip" in calls else "")
    return held


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement of a module, also in the blocks of others, but not in definitions."""
    for item in body:
        yield item
        yield from _statements(nested_statements(item))


def _assigned(body: list[ast.stmt]) -> _Held:
    """What `pytestmark` and `__test__` say of a module or a class."""
    held = _Held()
    for item in body:
        if not isinstance(item, ast.Assign | ast.AnnAssign) or item.value is None:
            continue
        named = item.targets if isinstance(item, ast.Assign) else [item.target]
        targets = {target.id for target in named if isinstance(target, ast.Name)}
        if "pytestmark" in targets:
            names = {node.attr for node in ast.walk(item.value) if isinstance(node, ast.Attribute)}
            held |= _by_name(names, ast.unparse(item)[:80])
        if "__test__" in targets and isinstance(item.value, ast.Constant) and not item.value.value:
            held |= _Held("__test__ = False")
    return held


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not (
            isinstance(node.test, ast.Constant) and bool(node.test.value)
        )  # `assert True` checks nothing
    return isinstance(node, ast.Call) and (
        _called(node) in _CHECKS or _called(node).lower().startswith("assert")
    )


def _called(node: ast.Call) -> str:
    return _last_name(node.func)


def _last_name(node: ast.expr) -> str:
    """`c` of `a.b.c` and of `c`; "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _cases(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int | None:
    total = 1
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and _called(decorator) == "parametrize":
            keywords = {keyword.arg: keyword.value for keyword in decorator.keywords}
            values = decorator.args[1] if len(decorator.args) > 1 else keywords.get("argvalues")
            if not isinstance(values, ast.List | ast.Tuple) or any(
                isinstance(item, ast.Starred) for item in values.elts
            ):
                return None
            total *= sum(not _marked_off(item) for item in values.elts)
    return total


def _marked_off(case: ast.expr) -> bool:
    """Whether it is a `pytest.param` with a mark that switches it off."""
    marks = (
        [keyword.value for keyword in case.keywords if keyword.arg == "marks"]
        if isinstance(case, ast.Call)
        else []
    )
    return any(
        isinstance(node, ast.Attribute) and node.attr in _OFF for mark in marks for node in ast.walk(mark)
    )
