# Two commands matter: `make run` serves, `make test` proves. Both make the same .venv first.
.DEFAULT_GOAL := help
.PHONY: help run test fmt lint bench openapi evidence lock clean

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
MADE := .venv/.made
COMPILE := build/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--all-build-deps --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

help:
	@echo 'make run      serve on http://127.0.0.1:8000 (PORT=..., GUIJU_VAR=folder)'
	@echo 'make test     format, lint, types, import contracts, OpenAPI drift, tests'
	@echo 'make fmt      put the format right     make lint     all but the tests'
	@echo 'make bench    measure                  make openapi  write openapi/v1.json'
	@echo 'make evidence write which tests prove which rows'
	@echo 'make lock     choose versions anew     make clean    remove what make made (never var/)'

run: $(MADE)
	@exec $(BIN)/guiju serve

test: lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(MADE)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/guiju openapi --check

fmt: $(MADE)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(MADE)
	$(BIN)/python -m bench

evidence: $(MADE)
	$(BIN)/python -m tests.marked_rows --write

openapi: $(MADE)
	$(BIN)/guiju openapi --out openapi/v1.json

# A .venv that was copied or moved to where we are, or whose Python is gone, is made anew.
USABLE := $(shell grep -qsF "$(CURDIR)/.venv" $(BIN)/pip && $(BIN)/python -c 0 2>&1 && echo yes)
ifneq ($(USABLE),yes)
.PHONY: $(MADE)
endif

$(MADE): pyproject.toml requirements.lock requirements-dev.lock
	@test -n "$(PYTHON)" || { echo 'guiju: Python 3.11 or newer is needed; set PYTHON=' >&2; exit 1; }
	@test "$(USABLE)" = yes || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --no-index -e .
	@touch $@

lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet pip-tools
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml
	@! grep -nE '://|^-|@ ' requirements.lock requirements-dev.lock

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache
	find app bench migrations tests -name __pycache__ -prune -exec rm -rf {} +
