# Two commands: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The first Python of 3.11 to 3.13 on the PATH, else any, which is then told what it lacks.
# Another: make PYTHON=/path/to/python …
ifneq ($(origin PYTHON),command line)
PYTHON := $(shell for p in "$$PYTHON" python3.11 python3.12 python3.13 python3; do \
	"$$p" -E -s -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && exec echo "$$p"; \
	done; command -v python3)
endif
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Without what the shell has of PYTHON… variables, and of packages for all of this user's Pythons.
RUN := $(BIN)/python -E -s
# The shell quotes its folder; make would not.
TESTS = AIRFLOW_HOME="$$PWD/.state/tests" $(RUN) -m pytest

BENCH = AIRFLOW_HOME="$$PWD/.state/tests" PYTHONPATH=.:plugins $(BIN)/python -m bench \
	$(if $(ONLY),--only "$(ONLY)") $(if $(DATA),--data "$(DATA)") $(if $(SEED),--seed "$(SEED)")

.PHONY: checks mwaa docs notebook help run test test-clients test-e2e chaos bench bench-full lint lock redshift psql clean setup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2} /^#  / {print "                " substr($$0, 2)}' $(MAKEFILE_LIST)

# make hands on what is set on its command line; the runner reads DATA, HOURS, AIRFLOW_PORT, … by itself.
run: $(READY) ## start everything, load data, show it; Ctrl-C stops it. Options:
#  ONCE=1            stop after the summary; the exit code says whether all is green
#  DATA=<folder>     load your own log_data/ and song_data/ instead of generated data
#  HOURS= SONGS= SEED=                      size and variety of the generated data
#  AIRFLOW_PORT= REDSHIFT_PORT= S3_PORT=    other ports than 8080, 5439 and 9000
#  TRIGGERER=1       run Airflow's triggerer too, for tasks that defer
	@$(RUN) -m local.runner

test: $(READY) ## unit, integration and end-to-end tests
	@$(TESTS) -n 2 --dist loadgroup --no-loadscope-reorder

test-clients: $(READY) ## dbt, SQLAlchemy's Redshift dialect and JDBC on the local Redshift, in an environment of their own
	@"$(PYTHON)" -E -s local/install.py .venv-clients requirements/clients.txt
	@$(TESTS) packages/local-redshift/tests/clients

test-e2e: $(READY) ## the end-to-end tests alone, a browser's included; screenshots in .state/screenshots
	@$(TESTS) tests/e2e

.PHONY: env test-compose test-hosts
test-compose: $(READY) ## docker-compose.yaml in a Docker engine of its own (root on Debian; ten minutes, then five)
	@CONTAINER_TESTS=1 $(TESTS) -v --timeout=3000 tests/containers/test_compose_up.py

test-hosts: $(READY) ## two Celery workers on two hosts (network namespaces), one of them lost in mid-load (root on Debian)
	@CONTAINER_TESTS=1 $(TESTS) -v --timeout=1800 tests/containers/test_lost_host.py

chaos: $(READY) ## kill the pipeline 200 times (hours); SEED= SCHEDULES= choose, AIRFLOW=1 kills the scheduler as well
	@AIRFLOW_HOME="$$PWD/.state/tests" PYTHONPATH=.:plugins $(BIN)/python -m tests.chaos \
		$(if $(SEED),--seed $(SEED)) $(if $(SCHEDULES),--schedules $(SCHEDULES)) $(if $(AIRFLOW),--airflow)
	@$(TESTS) -q --hypothesis-profile=long \
		tests/integration/plugins/test_order.py
	@GHOSTS=all $(TESTS) -q tests/integration/plugins/test_ghosts.py tests/integration/plugins/test_superseded.py
	@BACKFILL_HOURS=16 $(TESTS) -q --timeout=1800 \
		tests/e2e/test_parallel_backfill.py

bench: $(READY) ## measure against named rivals, ten minutes at most, and write docs/benchmarks.md; ONLY= chooses some
#  DATA=<folder>     load a folder in the public sample's layout as one window, too
#  SEED=             other generated data; other sizes: docs/performance.md
	@$(BENCH) --size short

bench-full: $(READY) ## the same at full size (hours)
	@$(BENCH) --size full

lint: $(READY) ## ruff, mypy, deptry, sqlfluff, cfn-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy plugins local packages/local-redshift/src
	cd packages/local-redshift && "$(CURDIR)/$(BIN)/deptry" src
	$(BIN)/sqlfluff lint sql --disable-progress-bar
	$(BIN)/cfn-lint infra/*.yaml

env: ## write .env for docker compose, with fresh secrets. LOCAL=1 for an S3 and a Redshift here, CELERY=1 for workers
	@python3 local/compose_env.py $(if $(LOCAL),--local) $(if $(CELERY),--celery)

checks: .venv-checks/.ready ## look for secrets, weak dependencies and policies that the stacks break
	@.venv-checks/bin/python infra/checks.py

docs: $(READY) ## write the generated pages of docs/ anew
	@PYTHONPATH=plugins $(BIN)/python docs/data_dictionary.py
	@$(BIN)/python docs/scale_tables.py
	@UPDATE_DOCS=1 $(TESTS) -q \
		tests/integration/plugins/test_failure_logs.py

mwaa: $(READY) ## build what Amazon MWAA takes, in build/mwaa
	@$(BIN)/python infra/build_mwaa.py build/mwaa

notebook: $(READY) ## run the analyst's notebook on a running `make run`, or on REDSHIFT_URL, and keep its output in it
	@$(RUN) -m notebooks.execute

redshift: $(READY) ## the local Redshift alone, see packages/local-redshift/README.md; LOCAL_REDSHIFT_… choose, Ctrl-C stops it
	@$(RUN) -m local_redshift

psql: $(READY) ## open psql on the warehouse of a running `make run`
	@$(RUN) -m local.runner psql

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"
lock: $(READY) ## resolve requirements/*.in into the locks
	$(LOCK) requirements/pipeline.in --output-file requirements.txt
	for name in local cluster; do \
		$(LOCK) requirements/$$name.in --constraint requirements.txt --output-file requirements/$$name.txt || exit; done
	for name in checks clients bench-dbt bench-rivals; do \
		$(LOCK) requirements/$$name.in --output-file requirements/$$name.txt || exit; done
	$(LOCK) packages/local-redshift/pyproject.toml --extra s3 --constraint requirements/local.txt \
		--output-file packages/local-redshift/requirements.txt

clean: ## remove the virtual environment and all local data
	rm -rf $(VENV) .venv-checks .venv-clients .state build

setup: $(READY) ## install what run and test need, which they do by themselves

$(READY): requirements/local.txt local/install.py packages/local-redshift/pyproject.toml
	@$(if $(PYTHON),,echo "There is no Python here: install one (apt install python3 python3-venv), or name one: make PYTHON=/path/to/python $(MAKECMDGOALS)" >&2; exit 1)
	@"$(PYTHON)" -E -s local/install.py $(VENV) requirements/local.txt packages/local-redshift
	@touch $@

.venv-checks/.ready: requirements/checks.txt local/install.py
	@"$(PYTHON)" -E -s local/install.py .venv-checks requirements/checks.txt
	@touch $@
