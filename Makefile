# Two commands: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The first Python of 3.11 to 3.13 on the PATH; another: make PYTHON=/path/to/python …
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

ONCE ?=
DATA ?=

.PHONY: help run test lint lock psql clean setup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## start everything, load data, show it; ONCE=1 stops then, DATA=<folder> loads your own files
	@$(BIN)/python -m local.runner $(if $(filter-out 0,$(ONCE)),--once) $(if $(DATA),--data "$(DATA)")

test: $(READY) ## unit, integration and end-to-end tests
	@$(BIN)/python -m pytest

lint: $(READY) ## ruff, mypy, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy plugins local
	$(BIN)/sqlfluff lint sql --disable-progress-bar

psql: $(READY) ## open psql on the warehouse of a running `make run`
	@$(BIN)/python -m local.runner psql

lock: $(READY) ## resolve requirements*.in into the locks
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" requirements.in --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" requirements-local.in --constraint requirements.txt \
		--output-file requirements-local.txt

clean: ## remove the virtual environment and all local data
	rm -rf $(VENV) .state

setup: $(READY) ## install what run and test need, which they do by themselves

# --no-deps: the lock is complete, so nothing has to be resolved again.
$(READY): requirements-local.txt
	@if [ -z "$(PYTHON)" ]; then echo "No Python 3.11, 3.12 or 3.13 found: install one (apt install python3 python3-venv), or run make PYTHON=/path/to/python." >&2; exit 1; fi
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: apt install python3-venv, then try again." >&2; exit 1; }
	@echo "Installing into $(VENV) (about a minute, once) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-local.txt
	@touch $@
