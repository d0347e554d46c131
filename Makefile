# Needs Python 3.11 or newer and nothing else; everything is installed into .venv.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help grade install test layers lint types check format bench fuzz oracle readme clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

grade: $(VENV)/.grade ## grade every sample: specs/ with submissions/
	@$(BIN)/grade run specs/ submissions/

install: $(VENV)/.dev ## everything that the other targets need, in .venv

test: $(VENV)/.dev ## every test
	@$(BIN)/python -m pytest -q

layers: $(VENV)/.dev ## only the test that reads who imports whom
	@$(BIN)/python -m pytest -q tests/test_layers.py

lint: $(VENV)/.dev ## ruff
	@$(BIN)/ruff check .

types: $(VENV)/.dev ## mypy --strict, over the program and its tests
	@$(BIN)/mypy

check: lint types test ## lint, types, layers and every other test

format: $(VENV)/.dev ## put the layout in order, mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.bench ## every benchmark, one after the other, as ratios
	@failed=0; for script in tests/benchmarks/[!_]*.py; do \
		echo "== $$script"; PYTHONPATH=. $(BIN)/python "$$script" || failed=1; \
	done; exit $$failed

fuzz: $(VENV)/.dev ## 200,000 answers that nobody would write
	@PYTHONPATH=. $(BIN)/python tests/fuzz/formulas.py

oracle: $(VENV)/.oracle ## compare every gradient with JAX
	@$(BIN)/python -m pytest -q -m oracle

readme: $(VENV)/.dev ## write into README what its commands print now
	@PYTHONPATH=. $(BIN)/python tests/test_documentation.py

clean: ## remove what these targets made, and nothing else
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist out tests/actual
	find grader tests -type d -name __pycache__ -prune -exec rm -rf {} +

# A stamp is newer than pyproject.toml when what it stands for is installed.

$(VENV)/.python: pyproject.toml
	@test -n "$(PYTHON)" || { echo 'no Python 3.11 or newer found; name one: make PYTHON=/path/to/python' >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.grade: $(VENV)/.python
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.python
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.grade

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) install --editable '.[dev,bench]'
	@touch $@

$(VENV)/.oracle: $(VENV)/.dev
	@$(PIP) install --editable '.[dev,oracle]'
	@touch $@
