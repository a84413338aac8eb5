PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

BARE := .venv-no-model
# The dependencies without sentence-transformers, which brings PyTorch.
BARE_PACKAGES := anyio duckdb fastapi huggingface-hub jsonpatch matplotlib mcp numpy pydantic pyyaml rich scikit-learn uvicorn wsproto hypothesis jsonschema playwright psutil pytest pytest-timeout pytest-xdist schemathesis

.PHONY: demo test test-slow test-no-model lint benchmarks mcpb page clean

demo: $(READY)
	$(BIN)/session-buddy demo

test: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"

test-slow: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m slow

test-no-model:
	$(PYTHON) -m venv --clear $(BARE)
	$(BARE)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt $(BARE_PACKAGES)
	$(BARE)/bin/pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(BARE)/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow and not model"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

benchmarks: $(READY)
	$(BIN)/python benchmarks/run.py

mcpb: $(READY)
	$(BIN)/python -m bundle.build

# What the page and the app are made of from npm; what comes out is kept in the repository, so that nobody needs this.
page: $(READY)
	$(BIN)/python -m tests.system.page_build session_buddy

clean:
	rm -rf $(VENV) $(BARE)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and 'Python 3.11 to 3.13 is needed; this is %d.%d. Run: make PYTHON=python3.11 ...' % sys.version_info[:2])"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q session_buddy
	touch $@
