# Every target sets up what it needs: `make demo` or `make test` is all there is to type.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
DATA ?=

# Every start of a program would read and compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run check style types test unbrowsed long migrate bench-chat bench-matching bench-founding bench-screening screenshots lock

help:  ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  %-16s %s\n", $$1, $$2}'

setup: $(STAMP)  ## Make .venv and put everything into it

$(STAMP): requirements.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Been There needs Python 3.11 or newer; $(PYTHON) is older or not here. Say which to take: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements-dev.lock 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable . 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@if ls web/locale/*/LC_MESSAGES/*.po >/dev/null 2>&1; then $(BIN)/pybabel --quiet compile -d web/locale; fi
	@touch $@

demo: setup  ## Start the demo community on this machine: http://127.0.0.1:8000
	@$(BIN)/been-there demo

run: setup  ## Start your own installation (settings: BEEN_THERE_*)
	@$(BIN)/been-there serve

check: setup  ## Style, import contracts, types, dependencies
	@$(MAKE) --no-print-directory -j 2 types style

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/deptry .

types: setup
	$(BIN)/mypy

# Types are checked beside the tests, which often wait; the browser fills both processors.
test: style  ## Everything: checks, SQLite, PostgreSQL, and a browser where there is one
	@$(MAKE) --no-print-directory -j 2 types unbrowsed
	@if $(BIN)/python -m tests.browser_found; then $(BIN)/pytest -n 2 --dist worksteal -m browser tests/browser; \
	elif [ -n "$$CI" ]; then echo "No Chromium: the browser tests must run here."; exit 1; \
	else echo "No Chromium found: THE BROWSER TESTS WERE NOT RUN."; fi

unbrowsed: setup
	$(BIN)/pytest -n 2 --dist worksteal -m "not browser and not long"

long: setup  ## The properties at their full counts (minutes to hours)
	HYPOTHESIS_PROFILE=long $(BIN)/pytest -n 2 -m "not browser"

migrate: setup  ## Bring your database to the newest version
	@$(BIN)/been-there migrate

bench-chat: setup  ## Figures of the talk engine
	@$(BIN)/python -m benchmarks.chat

bench-matching: setup  ## Figures of matching (DATA=folder for public data)
	@$(BIN)/python -m benchmarks.matching $(if $(DATA),--data $(DATA))

bench-founding: setup  ## Hundreds are brought in, offered others, ten talk (DATA=folder for public data)
	@$(BIN)/python -m benchmarks.founding $(if $(DATA),--data $(DATA))

bench-screening: setup  ## Figures of screening (DATA=folder for public data)
	@$(BIN)/python -m benchmarks.screening $(if $(DATA),--data $(DATA))

screenshots: setup  ## Pictures of every page at two widths, light and dark, into screenshots/
	@$(BIN)/python -m tests.browser.screenshots

lock: setup  ## Resolve dependencies anew, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
