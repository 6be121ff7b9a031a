from types import SimpleNamespace

import pytest

from agent_gate.changes.model import FileChange, Status
from agent_gate.checks.wrong_copy import foreign_modules


@pytest.fixture
def found(tmp_path):
    """What is foreign where a file changed, and these modules were imported from these files (`HERE/` is the place)."""
    place = tmp_path / "place"

    def on(path, **modules):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).touch()
        change = FileChange(path, Status.MODIFIED, new_blob="1")
        context = SimpleNamespace(place=place, changes=SimpleNamespace(files=(change,)))
        files = {name.replace("__", "."): file.replace("HERE", str(place)) for name, file in modules.items()}
        return [imported for _, imported, _ in foreign_modules(files, context)]

    return on


@pytest.mark.parametrize("path", ["src/pkg/a.py", "pkg/a.py", "packages/one/src/pkg/a.py"])
def test_a_sibling_checkout_is_foreign(found, path):
    assert found(path, pkg__a=f"/sibling/{path}") == [f"/sibling/{path}"]


def test_an_installed_copy_is_foreign(found):
    file = "/venv/lib/python3.11/site-packages/pkg/a.py"
    assert found("src/pkg/a.py", pkg__a=file) == [file]
    single = "/venv/lib/python3.11/site-packages/single.py"
    assert found("src/single.py", single=single) == [single]


def test_a_package_is_known_by_its_init(found):
    assert found("src/pkg/__init__.py", pkg="/sibling/src/pkg/__init__.py")


def test_what_was_imported_from_the_place_is_not(found):
    assert found("src/pkg/a.py", pkg__a="HERE/src/pkg/a.py") == []
    assert found("src/pkg/a.py", pkg__a="HERE/src/pkg/a.py", other__pkg__a="/sibling/src/pkg/a.py") == []


@pytest.mark.parametrize(
    ("path", "module", "file"),
    [
        ("src/app/types.py", "types", "/usr/lib/python3.11/types.py"),
        ("src/app/json/decoder.py", "json__decoder", "/usr/lib/python3.11/json/decoder.py"),
        ("scripts/utils.py", "utils", "/venv/lib/python3.11/site-packages/utils.py"),
        ("src/pkg/a.py", "pkg__b", "/sibling/src/pkg/b.py"),
        ("src/pkg/ba.py", "pkg__a", "/sibling/src/pkg/a.py"),
    ],
)
def test_another_module_of_the_same_name_is_not(found, path, module, file):
    assert found(path, **{module: file}) == []


def test_a_link_into_the_place_is_the_place(found, tmp_path):
    (tmp_path / "place").mkdir()
    (tmp_path / "link").symlink_to("place")
    assert found("src/pkg/a.py", pkg__a=f"{tmp_path}/link/src/pkg/a.py") == []
