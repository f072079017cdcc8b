# `make` alone explains itself. Everything is installed into .venv from requirements.lock.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
STAMP := $(VENV)/.tests
.DEFAULT_GOAL := help
.PHONY: help demo test check bench chaos serve clean lock browser

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-compile
LOG := $(VENV)/install.log

# What the product itself needs: the part of requirements.lock above its mark.
$(RUNS): requirements.lock pyproject.toml
	@echo "Installing Showrunner into $(VENV) (once, about a minute)…"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Showrunner needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv --clear $(VENV)
	@sed '/^# ---- development only/,$$d' requirements.lock > $(VENV)/runs.lock
	@$(PIP) --require-hashes -r $(VENV)/runs.lock > $(LOG) 2>&1 || { cat $(LOG); exit 1; }
	@$(PIP) --no-build-isolation -e . > $(LOG) 2>&1 || { cat $(LOG); exit 1; }
	@touch $(RUNS)

# And what testing it needs.
$(STAMP): $(RUNS)
	@echo "Installing what the tests need…"
	@$(PIP) --require-hashes -r requirements.lock > $(LOG) 2>&1 || { cat $(LOG); exit 1; }
	@touch $(STAMP)

demo: $(RUNS) ## Showrunner in a Slack-like page on http://127.0.0.1:8800, no keys needed
	@exec $(BIN)/python -m sandbox --port 8800 $(ARGS)

browser: $(STAMP)
	@$(BIN)/python -m tests.browser

test: $(STAMP) browser ## all tests, the checks of `make check` that need no network included
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

check: $(STAMP) ## ruff, mypy, import rules, bandit, known vulnerabilities of the locked versions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit -q -c pyproject.toml -r bot handlers services storage jobs admin_web sandbox
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.lock || echo "pip-audit: the advisory service did not answer or found something; see above"

bench: $(STAMP) ## figures of speed: make bench ONLY=P1,P2
	@$(BIN)/python -m tests.bench --only "$(ONLY)"

chaos: $(STAMP) ## figures of reliability: make chaos ONLY=R1 SCALE=1.0
	@$(BIN)/python -m tests.chaos --only "$(ONLY)" --scale "$(or $(SCALE),1.0)"

serve: $(RUNS) ## the program against a real workspace; settings from the environment or .env
	@exec $(BIN)/showrunner serve

lock: $(STAMP) ## write requirements.lock anew from pyproject.toml
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install -qq pip-tools
	@$(PYTHON) .ci/lock.py build/lock/bin/pip-compile

clean: ## remove what the targets made (the demo's data too)
	@rm -rf $(VENV) build data .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
