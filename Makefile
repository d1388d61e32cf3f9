# One command for every purpose; `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PATIENTS ?= 12
BIND ?= 127.0.0.1
DATA ?= ../shared/data
NPM = $(shell command -v npm 2>/dev/null || echo $(BIN)/npm)

.PHONY: help install demo test lint bench train clean lock

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

install: $(VENV)/installed ## the environment, out of locked packages with hashes

$(VENV)/installed: requirements/development.txt package-lock.json
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement requirements/development.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(VENV)/laboratory: $(VENV)/installed requirements/laboratory.txt
	$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement requirements/laboratory.txt
	@touch $@

demo: install ## everything, live, at http://127.0.0.1:8000 (PORT=, PATIENTS=, BIND=)
	@exec $(BIN)/python manage.py demo --port $(PORT) --patients $(PATIENTS) --bind $(BIND)

lint: install ## style, types, the order of imports, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tests.checks

test: install lint ## every check there is
	$(BIN)/python -m tests.browser.chromium
	PATH="$(CURDIR)/$(BIN):$$PATH" node --test tests/js/*.test.js
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile -m "not processes and not browser"
	$(BIN)/python -m pytest -m "processes or browser"

bench: $(VENV)/laboratory ## the benchmarks of docs/benchmarks.md, into .bodylink/bench.json
	$(BIN)/python -m tests.benchmarks

train: $(VENV)/laboratory ## fits the shipped models anew (DATA= folder of recordings)
	$(BIN)/python -m ml.training --data $(DATA)

lock: ## write the locked requirements anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/production.txt
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --group recordings --group embedded --group test --group lint -o requirements/development.txt
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --group recordings --group embedded --group test --group lint --group training --group peers --group bodies -o requirements/laboratory.txt

clean: ## the environment and all state, the demo's database included
	rm -rf $(VENV) .bodylink node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
