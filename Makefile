# Every target sets up what it needs. `make` alone lists them.
# PYTHON=python3.13 chooses the interpreter of a new .venv (`make clean` first); 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup serve test check format docs docs-update lock clean

help: ## Show the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## Set up the virtual environment in .venv (every other target does it by itself).

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "hozon needs Python 3.11 or newer; choose one with: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute)"
	@rm -f $(READY)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

serve: $(READY) ## Serve the documentation in every language on loopback, rebuilt on change.
	@$(BIN)/python -m hozon_docs serve

test: $(READY) ## Run every test: code, documentation in every language, the built site.
	@$(BIN)/python -m pytest -n auto --dist worksteal

check: $(READY) ## Check format, lint, types and floors.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY) ## Format the code and repair what the linter can.
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

docs: $(READY) ## Build the site in every language into site/.
	@$(BIN)/python -m hozon_docs build

docs-update: $(READY) ## Rewrite the printed output in the pages from a fresh run, serially.
	@$(BIN)/python -m pytest -n 0 -p no:randomly tests/docs --docs-update

lock: $(READY) ## Resolve requirements.lock again from pyproject.toml.
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--extra s3 --extra docs --group dev --output-file requirements.lock pyproject.toml

clean: ## Remove what the other targets made.
	@rm -rf $(VENV) site dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
