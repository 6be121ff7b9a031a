"""What of a change a user could notice: nothing hidden by what looks like a comment, nothing told of mere layout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_gate.checks import public_surface
from agent_gate.checks.public_surface import behaviour_changed, surface_changes

TEXTS = st.text(alphabet=" \n\t\"'`/*#-\\{}()[]ab=:", max_size=60)
SUFFIXES = st.sampled_from([".py", ".js", ".rb", ".sh", ".sql", ".rs", ".go", ".java", ".c", ".unknown"])


def changed(path, before, after):
    return behaviour_changed(path, before.encode(), after.encode())


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "def f():\n    return 1\n", 'def f():\n    """Say."""\n    return 1  # one\n'),
        ("a.py", "x = (1,\n     2)\n", "x = (1, 2)\n"),
        ("a.js", "f(1)\n", "// one\nf( 1 ) /* two */\n"),
        ("a.sh", "echo a\n", "#!/bin/sh\n\necho a  # say\n"),
        ("a.sql", "select 1\n", "-- one\nselect\n  1\n"),
        ("a.rs", "fn f<'a>(x: &'a str) {}\n", "fn f<'a>(x: &'a str) {}\n// it's\n"),
    ],
)
def test_comments_and_layout_are_no_behaviour(path, before, after):
    assert not changed(path, before, after)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.js", 'say("not found")', 'say("notfound")'),
        ("a.js", "typeof x", "typeofx"),
        ("a.js", 'get("http://a/x")', 'get("http://a/y")'),
        ("a.js", "if (/[//]/.test(x)) safe()", "if (/[//]/.test(x)) unsafe()"),
        ("a.js", "const t = `a // ${x}`", "const t = `a // ${y}`"),
        ("a.js", "x = 'a\\'/*'; safe() // */", "x = 'a\\'/*'; unsafe() // */"),
        ("a.sh", "rm ${dir#/}/a", "rm ${dir#/}/b"),
        ("a.sh", "test $# -eq 1", "test $# -eq 2"),
        ("a.rb", 'puts "#{x}"', 'puts "#{y}"'),
        ("a.lua", "x = a--b", "x = a--c"),
        ("a.py", "x = 'a b'", "x = 'ab'"),
        ("a.py", "def f(:", "def f(::"),
        ("a.js", "/* never closed a", "/* never closed b"),
    ],
)
def test_what_only_looks_like_a_comment_or_layout_is_behaviour(path, before, after):
    assert changed(path, before, after)


def test_a_new_or_lost_file_counts_for_what_is_in_it():
    assert behaviour_changed("a.py", None, b"x = 1\n")
    assert behaviour_changed("a.js", b"x()\n", None)
    assert not behaviour_changed("a.py", None, b'"""Only words."""\n')
    assert not behaviour_changed("a.js", None, b"// only words\n")


def test_what_is_too_large_to_look_into_counts_as_changed(monkeypatch):
    monkeypatch.setattr(public_surface, "MAX_BYTES", 10)
    assert changed("a.js", "x" * 11 + "// a", "x" * 11 + "// b")
    assert [change.what for change in surface_changes("a.go", b"", b"func A() {}\n")] == ["cannot be read"]


@given(TEXTS, TEXTS, SUFFIXES)
def test_any_text_can_be_compared(before, after, suffix):
    path = f"a{suffix}"
    assert changed(path, before, after) == changed(path, after, before)
    assert not changed(path, before, before)
    surface_changes(path, before.encode(), after.encode())


@given(st.lists(st.sampled_from(["f", "1", "return", '"a b"', "'//'", "(", ")", "+"]), min_size=1))
def test_layout_between_words_never_counts(words):
    assert not changed("a.js", " ".join(words), "\n  // more\n\t".join(words))


def names(path, before, after):
    return {
        change.name: (change.line, change.what)
        for change in surface_changes(path, before.encode(), after.encode())
    }


def test_python_names_that_are_added_changed_and_removed():
    before = "def a(x): pass\ndef b(): pass\ndef _c(): pass\nclass D:\n    def m(self): pass\n"
    after = "def a(x, y=1): pass\ndef _c(z): pass\nclass D:\n    def m(self, n): pass\n    def _p(self): pass\nE = 1\n"
    assert names("a.py", before, after) == {
        "a": (1, "changed"),
        "D.m": (4, "changed"),
        "E": (6, "added"),
        "b": (None, "removed"),
    }


@pytest.mark.parametrize(
    "after",
    [
        "if X:\n    pass\nelse:\n    def f(a): pass\n",
        "try:\n    import x\nexcept ImportError:\n    def f(a): pass\n",
        "with X:\n    def f(a): pass\n",
        "for i in X:\n    f = i\n",
        "f, g = 1, 2\n",
        "f: int = 1\n",
    ],
)
def test_a_name_is_public_wherever_the_module_defines_it(after):
    assert "f" in names("a.py", "X = 1\n", f"X = 1\n{after}")


def test_every_declaration_of_a_name_counts():
    before = "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\n"
    assert names("a.py", before, before.replace("int", "bytes")) == {"f": (2, "changed")}


def test_what_a_function_defines_inside_is_not_public():
    assert names("a.py", "def f(): pass\n", "def f():\n    def g(): pass\n    h = 1\n") == {}


def test_all_is_part_of_the_surface():
    assert set(names("a.py", "__all__ = ['a']\n", "__all__ = ['a']\n__all__ += ['b']\n")) == {"__all__"}


@pytest.mark.parametrize(
    ("path", "line", "name"),
    [
        ("a.ts", "export async function load(x) {", "load"),
        ("a.js", "module.exports.load = x", "load"),
        ("a.go", "func (s *Server) Load(x int) error {", "Load"),
        ("a.rs", "pub async fn load(x: u8) {", "load"),
        ("A.java", "    public static final Map<String, List<Integer>> load(int x) {", "load"),
        ("a.kt", "suspend fun <T> load(x: T) {", "load"),
        ("a.h", "int load(const char *x);", "load"),
        ("a.rb", "  def self.load!(x)", "load!"),
        ("a.php", "    public static function load($x)", "load"),
        ("a.swift", "public func load(x: Int)", "load"),
        ("a.ex", "  def load(x) do", "load"),
        ("a.sh", "load() {", "load"),
    ],
)
def test_public_names_of_other_languages(path, line, name):
    assert names(path, "", f"{line}\n") == {name: (1, "added")}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.ts", "function load(x) {"),
        ("a.go", "func load() {"),
        ("a.rs", "pub(crate) fn load() {"),
        ("A.java", "    private int load() {"),
        ("a.kt", "private fun load() {"),
        ("a.c", "static int load(void) {"),
        ("a.swift", "func load()"),
    ],
)
def test_private_names_of_other_languages(path, line):
    assert names(path, "", f"{line}\n") == {}
