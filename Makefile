# Two commands: `make run` and `make test`. Each sets up what it needs.
# The environment lives in .venv; it is made anew when pyproject.toml changes.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: run test build lint types golden clean

run: build
	$(BIN)/graphx app data/atlas

test: $(READY) lint types
	$(BIN)/python -m pytest

build: $(READY)
	$(BIN)/graphx build data/seeds -o data/atlas

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

golden: $(READY)
	$(BIN)/python -m pytest -q tests/test_atlas.py --update-golden

clean:
	rm -rf $(VENV) data/atlas tests/screenshots .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "GraphX needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
