# Everything that CI runs, by name. `make help` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
BD_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/agent-gate/tools/bd-1.3.0

AGENTS_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/agent-gate/tools/agents-1
AGENT_CLIS := claude codex gemini opencode qwen

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format bench gate bd agents-cli test-agents clean

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | sort | expand -t 12

install: $(STAMP)  ## Make .venv with the project, its extras and its development tools

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "agent-gate needs Python 3.11 or newer: set PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q src
	@touch $@

demo: install  ## The main job end to end: six issues, three agents in parallel (AGENT=NAME: a real one)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python fixtures/demo/run.py

test: install  ## Run the tests side by side (with the real bd, which is built once where Go is)
	@if command -v go >/dev/null; then $(MAKE) --no-print-directory bd; \
	elif [ "$$CI" = true ]; then echo "Go is missing: bd cannot be built, and CI does not go without it" >&2; exit 1; \
	else echo "Go is missing: the tests with the real bd are skipped"; fi
	@if [ "$$CI" = true ]; then $(MAKE) --no-print-directory agents-cli; \
	elif [ ! -e $(AGENTS_CACHE)/.installed ]; then echo "No agent CLIs (make agents-cli): the test with a real one is skipped"; fi
	PATH="$(BD_CACHE):$$PATH" AGENT_GATE_TEST_AGENTS="$(AGENTS_CACHE)/bin" $(BIN)/python -m pytest -n auto -m 'not agents_cli' $(ARGS)

test-agents: install agents-cli  ## Run real agent CLIs against a scripted model, from issue to landed commit (minutes)
	AGENT_GATE_TEST_AGENTS="$(AGENTS_CACHE)/bin" $(BIN)/python -m pytest tests/e2e/test_real_agents.py -n 2 $(ARGS)

lint: install  ## Lint, format check, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install  ## Rewrite the sources as the linters want them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## Measure; figures are ratios within one run
	@set -e; for script in benchmarks/*.py; do PATH="$(CURDIR)/$(BIN):$(BD_CACHE):$$PATH" $(BIN)/python $$script; done

gate: install  ## Our own gate on our own last change (BASE=REF for another base)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/agent-gate check --base $(or $(BASE),HEAD~1) $(if $(GATE_ARGS),-- $(GATE_ARGS))

bd: $(BD_CACHE)/bd  ## Build the real bd and dolt from source, pinned by tools/bd/go.sum (minutes, once)
	@echo $(BD_CACHE)

$(BD_CACHE)/bd: tools/bd/go.mod tools/bd/go.sum
	@command -v go >/dev/null || { echo "bd is built with Go 1.26 or newer, and go is not on PATH" >&2; exit 1; }
	mkdir -p $(BD_CACHE)
	cd tools/bd && go build -mod=readonly -tags=gms_pure_go -o $(BD_CACHE)/dolt github.com/dolthub/dolt/go/cmd/dolt
	cd tools/bd && go build -mod=readonly -tags=gms_pure_go -o $(BD_CACHE)/bd github.com/steveyegge/beads/cmd/bd

agents-cli: $(AGENTS_CACHE)/.installed  ## Install the agent CLIs that the tests run, pinned by tools/agents (minutes, once)
	@echo $(AGENTS_CACHE)/bin

$(AGENTS_CACHE)/.installed: tools/agents/package.json tools/agents/package-lock.json tools/agents/requirements.txt
	@command -v npm >/dev/null || { echo "The agent CLIs are installed with npm (Node 20 or newer), and npm is not on PATH" >&2; exit 1; }
	mkdir -p $(AGENTS_CACHE)/bin
	cp tools/agents/package.json tools/agents/package-lock.json $(AGENTS_CACHE)/
	cd $(AGENTS_CACHE) && npm install --silent --no-save --no-audit --no-fund  # `npm ci` wants what qwen offers for other systems, too
	$(PYTHON) -m venv $(AGENTS_CACHE)/mini
	$(AGENTS_CACHE)/mini/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement tools/agents/requirements.txt
	cd $(AGENTS_CACHE)/bin && ln -sf $(addprefix ../node_modules/.bin/,$(AGENT_CLIS)) ../mini/bin/mini .
	@touch $@

clean:  ## Remove what make made here
	rm -rf $(VENV) demo-out dist build .mypy_cache .ruff_cache .pytest_cache
