import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_gate.checks.test_names import named_tests


def names(path, text):
    return {name: bool(test.off) for name, test in named_tests(path, text.encode()).items()}


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.test.ts", "it('adds', () => {\n", {"adds": False}),
        ("a.test.ts", "  it.skip(`adds ${x}`, () => {\n", {"adds ${x}": True}),
        ("a.test.ts", "describe.only('sums', () => {\n", {"sums": True}),
        ("a.test.ts", "xdescribe('sums', () => {\n", {"sums": True}),
        ("a.test.ts", "it.each(table)('adds %i', f)\n", {"adds %i": False}),
        ("a.test.ts", "it.each([\n  [1, 2],\n])('adds %i', f)\n", {"adds %i": False}),
        ("a_test.go", "func TestA(t *testing.T) {\n\tx()\n}\n", {"TestA": False}),
        ("a_test.go", "func TestA(t *testing.T) {\n\n\tt.Parallel()\n\n\tt.Skip()\n}\n", {"TestA": True}),
        ("a_test.go", "func TestA(t *testing.T) {\n}\nfunc TestB(t *testing.T) {\n\tt.Skip()\n}\n", {"TestA": False, "TestB": True}),
        ("a.rs", "#[test]\n#[ignore]\nfn adds() {\n", {"adds": True}),
        ("a.rs", "#[tokio::test]\nasync fn adds() {\n", {"adds": False}),
        ("a.rs", "fn helper() {\n", {}),
        ("ATest.java", "    @Test\n    @Disabled\n    void adds() {\n", {"adds": True}),
        ("ATest.java", "    void helper() {\n", {}),
        ("ATests.cs", "    [Fact]\n    public async Task Adds()\n", {"Adds": False}),
        ("a_spec.rb", "  it 'adds' do\n", {"adds": False}),
        ("a_spec.rb", '  it("adds", :slow) do\n    skip\n', {"adds": True}),
        ("a_spec.rb", "  xit 'adds' do\n", {"adds": True}),
        ("a_test.rb", "  def test_adds\n", {"test_adds": False}),
        ("aTest.php", "    public function testAdds()\n    {\n        $this->markTestSkipped();\n", {"testAdds": True}),
        ("a_test.exs", '  @tag :skip\n  test "adds" do\n', {"adds": True}),
        ("a.unknown", "it('adds', f)\n", {}),
    ],
)  # fmt: skip
def test_tests_and_what_switches_them_off(path, text, found):
    assert names(path, text) == found


@pytest.mark.parametrize(
    "line", ["item.save", "items = [1]", "testing = 1", "default = 3", "  def helper(x)", "context = x"]
)
def test_words_that_only_begin_like_a_test_are_none(line):
    assert names("a_spec.rb", f"{line}\n") == {}


def test_equal_names_are_told_apart():
    text = "describe('a', () => {\n  it('works', f)\n})\ndescribe('b', () => {\n  it.skip('works', f)\n})\n"
    assert names("a.test.js", text) == {"a": False, "works": False, "b": False, "works #2": True}


def test_what_stands_above_another_test_is_not_attached():
    text = "#[test]\n#[ignore]\nfn a() {\n}\n#[test]\nfn b() {\n}\n"
    assert names("a.rs", text) == {"a": True, "b": False}


@given(
    st.text(alphabet="it('skip,)\"`.x \nfunc Test{}def@#[]", max_size=120),
    st.sampled_from([".js", ".go", ".rs", ".java", ".rb", ".php", ".exs", ".cs"]),
)
def test_any_text_has_tests_on_its_own_lines(text, suffix):
    lines = text.encode().decode().splitlines()
    for test in named_tests(f"a{suffix}", text.encode()).values():
        assert 1 <= test.line <= len(lines)
