# Every target sets up what it needs. `make` alone lists them.
# PYTHON=python3.13 chooses the interpreter of a new .venv (`make clean` first); 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The tools that are measured beside ours hold some of our libraries back.
BENCH := .venv-bench
# Whatever holds blocks: pages, the README, docstrings.
PAGES := docs src README.md
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup serve test nightly check format words docs docs-update docs-mutants publish \
	bench bench-artifacts bench-garbage bench-packs lock clean

help: ## Show the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

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

test: $(READY) node_modules/.ready ## Run every test: code, documentation in every language, the built site.
	@$(BIN)/python -m pytest -n auto --dist worksteal

nightly: $(READY) ## Try at length: thousands of lives, hundreds of kills, every stub (an hour).
	@HOZON_LIFECYCLE_EXAMPLES=2000 HOZON_LIFECYCLE_BUCKET_EXAMPLES=300 HOZON_TORTURE_KILLS=200 \
		HOZON_PROTOCOL_EVERYTHING=1 \
		$(BIN)/python -m pytest -n auto -o junit_family=xunit1 --junitxml=nightly.xml --durations=0 \
		tests/property/test_garbage.py tests/integration/test_torture.py tests/protocol
	@$(MAKE) --no-print-directory docs-mutants

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

docs-update: $(READY) ## Rewrite the outputs in the pages from a fresh run, serially.
	@$(BIN)/python -m pytest -n 0 -p no:randomly $(PAGES) --docs-update
	@DOCS_UPDATE=1 $(BIN)/python -m pytest -n 0 -q tests/docs/test_lineage_picture.py

docs-mutants: $(READY) ## Replace what the blocks call by stubs; every block must notice.
	@$(BIN)/python -m pytest -n auto --dist worksteal $(PAGES) --docs-mutants

words: $(READY) node_modules/.ready ## Check terms, conventions, grammar and spelling (the last two need Node.js).
	@$(BIN)/python -m hozon_docs words

publish: $(READY) ## Prove every block, and then build the site, which refuses to lack a proof.
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory words
	@$(MAKE) --no-print-directory docs-mutants
	@$(BIN)/python -m hozon_docs build --publish

# Where there is no npm, the checks that need it say so and are skipped; with CI=true they fail.
node_modules/.ready: package.json package-lock.json .npmrc
	@if command -v npm >/dev/null; then \
		npm ci --silent && touch $@ || echo "npm could not install what checks the prose; see above."; fi

$(BENCH)/.ready: bench/requirements.lock pyproject.toml
	@rm -f $@
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

bench: $(BENCH)/.ready ## Measure what a block costs, beside other tools that run documentation.
	@$(BENCH)/bin/python -m bench.docs

bench-artifacts: $(READY) ## Measure what artifacts cost, beside what others would pick.
	@$(BIN)/python -m bench.artifact

bench-garbage: $(READY) ## Measure what a garbage collection costs, beside other tools that have one.
	@$(BIN)/python -m bench.gc

bench-packs: $(READY) ## Measure what other sizes of packs would cost.
	@$(BIN)/python -m bench.packs

LOCK = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra s3 --extra docs --group dev

lock: $(READY) ## Resolve the locks again: of the project, of bench/, and of what needs Node.js.
	@$(LOCK) --output-file requirements.lock pyproject.toml
	@$(LOCK) --group bench --output-file bench/requirements.lock pyproject.toml
	@if command -v npm >/dev/null; then npm run --silent lock; fi

clean: ## Remove what the other targets made.
	@rm -rf $(VENV) $(BENCH) node_modules .docs-ledger.json nightly.xml site dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
