# Two commands: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The first Python 3.11 to 3.13 on the PATH. Without one, any Python: local/install.py says what is wrong with it.
# To choose another: make PYTHON=/path/to/python …
ifneq ($(origin PYTHON),command line)
PYTHON := $(shell for p in "$$PYTHON" python3.11 python3.12 python3.13 python3; do \
	"$$p" -E -s -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && exec echo "$$p"; \
	done; command -v python3)
endif
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Ignores the shell's PYTHON… variables and the user's site-packages.
RUN := $(BIN)/python -E -s
# $$PWD and not $(CURDIR): the shell quotes it, make would not.
TESTS = AIRFLOW_HOME="$$PWD/.state/tests" $(RUN) -m pytest

BENCH = AIRFLOW_HOME="$$PWD/.state/tests" PYTHONPATH=.:plugins $(BIN)/python -m bench \
	$(if $(ONLY),--only "$(ONLY)") $(if $(DATA),--data "$(DATA)") $(if $(SEED),--seed "$(SEED)")

XDIST = -n 2 --dist loadgroup --no-loadscope-reorder

.PHONY: bench bench-full chaos checks clean docs env help lint lock mwaa notebook psql redshift run setup test \
	test-all test-clients test-compose test-e2e test-hosts verify-redshift

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2} /^#  / {print "                   " substr($$0, 2)}' $(MAKEFILE_LIST)

# make exports the variables of its command line; the runner reads DATA, HOURS, AIRFLOW_PORT, … from the environment.
run: $(READY) ## start everything, load data, show it; Ctrl-C stops it. Options:
#  ONCE=1            stop after the summary; the exit code is 0 if all hours are green
#  DATA=<folder>     load your own log_data/ and song_data/ instead of generated data
#  HOURS= SONGS= SEED=                      size and variety of the generated data
#  AIRFLOW_PORT= REDSHIFT_PORT= S3_PORT=    ports in place of 8080, 5439 and 9000
#  TRIGGERER=1       also run Airflow's triggerer, for tasks that defer
	@$(RUN) -m local.runner

test: $(READY) ## unit, integration and end-to-end tests
	@$(TESTS) $(XDIST) -m "not exhaustive"

test-all: $(READY) ## the same, with all cases of the exhaustive tests, of which `make test` runs a few
	@$(TESTS) $(XDIST)

test-clients: $(READY) ## dbt, SQLAlchemy's Redshift dialect and JDBC on the local Redshift, in an environment of their own
	@"$(PYTHON)" -E -s local/install.py .venv-clients requirements/clients.txt
	@$(TESTS) packages/local-redshift/tests/clients

test-e2e: $(READY) ## only the end-to-end tests, with a browser; screenshots in .state/screenshots
	@$(TESTS) tests/e2e

test-compose: $(READY) ## docker-compose.yaml in a Docker engine of its own (root on Debian; ten minutes, then five)
	@CONTAINER_TESTS=1 $(TESTS) -v --timeout=3000 tests/containers/test_compose_up.py

test-hosts: $(READY) ## lose one of two Celery workers, each on its own host (network namespace), during a load (root on Debian)
	@CONTAINER_TESTS=1 $(TESTS) -v --timeout=1800 tests/containers/test_lost_host.py

chaos: $(READY) ## kill the pipeline 200 times (hours); SEED= SCHEDULES= choose kills, AIRFLOW=1 also kills the scheduler
	@AIRFLOW_HOME="$$PWD/.state/tests" PYTHONPATH=.:plugins $(BIN)/python -m tests.chaos \
		$(if $(SEED),--seed $(SEED)) $(if $(SCHEDULES),--schedules $(SCHEDULES)) $(if $(AIRFLOW),--airflow)
	@$(TESTS) -q --hypothesis-profile=long \
		tests/integration/plugins/test_order.py
	@ALL_CASES=1 $(TESTS) -q \
		tests/integration/plugins/test_rows_of_failed_runs.py tests/integration/plugins/test_superseded.py
	@BACKFILL_HOURS=16 $(TESTS) -q --timeout=1800 \
		tests/e2e/test_parallel_backfill.py

bench: $(READY) ## compare with other tools for up to ten minutes, and write docs/benchmarks.md; ONLY= chooses benchmarks
#  DATA=<folder>     also load a folder in the public sample's layout as one window
#  SEED=             generate other data; docs/performance.md says how to choose other sizes
	@$(BENCH) --size short

bench-full: $(READY) ## the same at full size (hours)
	@$(BENCH) --size full

verify-redshift: $(READY) ## do the same on a real Redshift and on the local one, and report what differs (docs/verify-redshift.md)
#  BUCKET=s3://<bucket>/<prefix>   a place that it may write to; what it puts there is removed
#  ROLE= REGION=     the role that COPY reads with (default), the bucket's region
#  DATABASE=         an empty database to use; without it, one is made and dropped
#  REPORT=           where to write the report
	@AIRFLOW_HOME="$$PWD/.state/tests" PYTHONPATH=.:plugins $(BIN)/python -m bench.verify --bucket "$(BUCKET)" \
		$(if $(ROLE),--role "$(ROLE)") $(if $(REGION),--region "$(REGION)") \
		$(if $(DATABASE),--database "$(DATABASE)") $(if $(REPORT),--report "$(REPORT)")

lint: $(READY) ## ruff, mypy, deptry, sqlfluff, cfn-lint, vulture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy plugins local packages/local-redshift/src
	cd packages/local-redshift && "$(CURDIR)/$(BIN)/deptry" src
	$(BIN)/sqlfluff lint sql --disable-progress-bar
	$(BIN)/cfn-lint infra/*.yaml
	$(BIN)/vulture

env: ## write .env for Docker Compose with new secrets; LOCAL=1 adds a local S3 and Redshift, CELERY=1 adds workers
	@python3 local/compose_env.py $(if $(LOCAL),--local) $(if $(CELERY),--celery)

checks: .venv-checks/.ready ## look for secrets, vulnerable dependencies and violations of the stacks' policies
	@.venv-checks/bin/python infra/checks.py

docs: $(READY) ## write the generated parts of docs/ again
	@PYTHONPATH=plugins $(BIN)/python docs/data_dictionary.py
	@UPDATE_DOCS=1 $(TESTS) -q \
		tests/integration/plugins/test_failure_logs.py

mwaa: $(READY) ## build the files for Amazon MWAA, in build/mwaa
	@$(BIN)/python infra/build_mwaa.py build/mwaa

notebook: $(READY) ## run the analyst's notebook against a running `make run` or REDSHIFT_URL, and save its output
	@$(RUN) -m notebooks.execute

redshift: $(READY) ## only the local Redshift, configured by LOCAL_REDSHIFT_… (packages/local-redshift/README.md); Ctrl-C stops it
	@$(RUN) -m local_redshift

psql: $(READY) ## open psql on the warehouse of a running `make run`
	@$(RUN) -m local.runner psql

lock: $(patsubst requirements/%.in,lock-%,$(wildcard requirements/*.in)) lock-redshift ## resolve requirements/*.in into locks; a version that still fits stays
# These locks are constrained by requirements.txt, so it is resolved first.
lock-local lock-cluster: lock-pipeline
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"
lock-%: requirements/%.in $(READY)
	$(LOCK) $< --output-file $(if $(filter pipeline,$*),requirements.txt,requirements/$*.txt)
# What the image of the local Redshift installs: the package with an S3 server, and what builds the package.
lock-redshift: lock-local
	cd packages/local-redshift && "$(CURDIR)"/$(LOCK) pyproject.toml --extra s3 --group build \
		--constraint ../../requirements/local.txt --output-file requirements.txt

clean: ## remove the virtual environment and all local data
	rm -rf $(VENV) .venv-checks .venv-clients .state build

setup: $(READY) ## install what run and test need (they do it themselves if needed)

$(READY): requirements/local.txt local/install.py packages/local-redshift/pyproject.toml
	@$(if $(PYTHON),,echo "There is no Python here: install one (apt install python3 python3-venv), or name one: make PYTHON=/path/to/python $(MAKECMDGOALS)" >&2; exit 1)
	@"$(PYTHON)" -E -s local/install.py $(VENV) requirements/local.txt packages/local-redshift
	@touch $@

.venv-checks/.ready: requirements/checks.txt local/install.py
	@"$(PYTHON)" -E -s local/install.py .venv-checks requirements/checks.txt
	@touch $@
