PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

BARE := .venv-no-model
LOCKS := $(wildcard requirements/*.txt)
# The lock files list every package, so that pip need not, and does not, look for dependencies of its own.
INSTALL := install --quiet --disable-pip-version-check --no-deps
ITSELF := --no-build-isolation --editable .

.PHONY: demo test test-slow test-no-model lint lock benchmarks mcpb page clean

demo: $(READY)
	$(BIN)/session-buddy demo

test: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"

test-slow: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m slow

test-no-model:
	$(PYTHON) -m venv --clear $(BARE)
	$(BARE)/bin/pip $(INSTALL) $(foreach group,core dev build,--requirement requirements/$(group).txt)
	$(BARE)/bin/pip $(INSTALL) $(ITSELF)
	$(BARE)/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow and not model"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tools.lock --check

# Needs the package index that pip is configured to use. Change versions in constraints.txt first.
lock:
	test -x $(BIN)/python || $(MAKE) $(READY)
	$(BIN)/python -m tools.lock

benchmarks: $(READY)
	$(BIN)/python benchmarks/run.py

mcpb: $(READY)
	$(BIN)/python -m bundle.build

# What the page and the app are made of from npm; what comes out is kept in the repository, so that nobody needs this.
page: $(READY)
	$(BIN)/python -m tests.system.page_build session_buddy

clean:
	rm -rf $(VENV) $(BARE)

# PyTorch comes from a local build (pip's find-links), else from the index, whose build for Linux needs CUDA libraries.
$(READY): pyproject.toml constraints.txt $(LOCKS)
	$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and 'Python 3.11 to 3.13 is needed; this is %d.%d. Run: make PYTHON=python3.11 ...' % sys.version_info[:2])"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip $(INSTALL) $(foreach group,core model dev build,--requirement requirements/$(group).txt)
	$(BIN)/pip $(INSTALL) --no-index --requirement requirements/torch.txt 2> /dev/null || $(BIN)/pip $(INSTALL) --requirement requirements/torch.txt
	$(BIN)/pip $(INSTALL) $(ITSELF)
	$(BIN)/pip check > /dev/null || { $(BIN)/pip $(INSTALL) --requirement requirements/cuda.txt && $(BIN)/pip check; }
	$(BIN)/python -m compileall -q session_buddy
	touch $@
