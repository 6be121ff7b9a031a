"""Programming languages by name, and the files that hold them."""

from __future__ import annotations

from agent_gate.policy.text.words import Pattern

TYPESCRIPT = ("*.ts", "*.tsx", "*.mts", "*.cts", "*.vue", "*.svelte")
SCRIPTS = (*TYPESCRIPT, "*.js", "*.jsx", "*.mjs", "*.cjs")
PYTHON = ("*.py", "*.pyi")
_FILES = {
    "python": PYTHON, "go": ("*.go",), "golang": ("*.go",), "rust": ("*.rs",), "typescript": TYPESCRIPT, "javascript": SCRIPTS, "react": SCRIPTS,
    "java": ("*.java",), "kotlin": ("*.kt", "*.kts"), "swift": ("*.swift",), "ruby": ("*.rb",), "php": ("*.php",), "c#": ("*.cs",), "elixir": ("*.ex", "*.exs"),
    "scala": ("*.scala",), "css": ("*.css", "*.scss"), "sql": ("*.sql",), "markdown": ("*.md", "*.mdx"), "proto": ("*.proto",), "protobuf": ("*.proto",),
    "dart": ("*.dart",), "shell": ("*.sh", "*.bash"), "bash": ("*.sh", "*.bash"), "terraform": ("*.tf",), "c++": ("*.cc", "*.cpp", "*.cxx", "*.h", "*.hpp"),
}  # fmt: skip
_NAMED = Pattern(
    r"(?<![\w-])(?:Python|Golang|Go(?= (?:code|files?|style|conventions|guidelines|sources?|tests?|packages?)\b|\W*$|/)|Rust|TypeScript|JavaScript|React|Java|Kotlin|Swift|Ruby|PHP|C#|C\+\+|Elixir|Scala|SQL|Markdown|Dart|Bash|Terraform)(?![\w-])"
)


def files_of(language: str) -> tuple[str, ...]:
    """The gitignore-style patterns of the files of a language; () for an unknown name."""
    return _FILES.get(language.lower(), ())


def files_named(text: str) -> tuple[str, ...]:
    """The files of the languages that a heading or sentence names: "Rust style", "in TypeScript"."""
    return tuple(dict.fromkeys(glob for name in _NAMED.findall(text) for glob in files_of(name)))
