# SmartAttend. Two commands matter: make demo, make test.

.DEFAULT_GOAL := help
.PHONY: help demo test mutate prove lint format schema psql bench clean packages-demo packages-test
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

python := .venv/bin/python
inputs := pyproject.toml .ci/constraints.txt .ci/venv
servers := $(if $(PG),$(addprefix --pg ,$(PG)))

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.demo ## start PostgreSQL, deploy, load demo data, run the duplicate storm (safe to repeat)
	@.ci/demo

test: .venv/.test ## everything, on PostgreSQL 18 and 15 (make test PG=15 for one, ONLY=pgtap, FILES=core/)
	@$(python) tests/run $(servers) $(if $(ONLY),--only $(ONLY)) $(FILES)

mutate: .venv/.test ## take away every guard, one at a time, and see a test notice it (make mutate ONLY=attendance. for some)
	@$(python) tests/mutate $(if $(PG),--pg $(PG)) $(if $(ONLY),--only '$(ONLY)')

prove: mutate ## what takes too long for make test: all mutants, 100,000 late commits, 20 crashes, 24,000 random steps of roles
	@SMARTATTEND_SEALED=100000 SMARTATTEND_CRASHES=20 $(python) tests/run $(or $(servers),--pg 18) --only pytest test_ledger.py
	@SMARTATTEND_CONTENDED=100000 $(python) tests/run $(or $(servers),--pg 18) --only pytest test_contention.py
	@SMARTATTEND_ACCESS_SEEDS=40 SMARTATTEND_ACCESS_STEPS=600 $(python) tests/run $(or $(servers),--pg 18) --only pytest test_access_properties.py

lint: .venv/.test ## sqitch files, ruff, mypy --strict, sqlfluff, pgspot
	@$(python) tests/run --only lint

format: .venv/.test ## apply ruff's and sqlfluff's fixes
	@.venv/bin/ruff check --quiet --fix-only orchestrator tests $(wildcard bench) tests/run tests/lint tests/mutate
	@.venv/bin/ruff format orchestrator tests $(wildcard bench) tests/run tests/lint tests/mutate
	@PYTHONWARNINGS=ignore .venv/bin/sqlfluff fix --quiet -p 2 deploy revert verify

schema: .venv/.test ## write tests/schema.sql anew from a deployment on PostgreSQL 18
	@$(python) tests/run --schema

psql: .venv/.demo ## psql on the embedded database
	@unset PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGSERVICE PGOPTIONS SMARTATTEND_DSN; \
	  .venv/bin/smartattend db up >/dev/null && .venv/bin/smartattend db psql

bench: .venv/.demo ## measure check-ins against bare inserts, write bench/RESULTS.md (evidence: python -m bench.evidence)
	@.venv/bin/python -m bench

clean: ## stop the embedded server, delete its data, .venv and caches
	@if [ -x .venv/bin/smartattend ]; then .venv/bin/smartattend db reset --yes; fi
	@rm -rf .venv .smartattend .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.demo: $(inputs) | packages-demo
	@.ci/venv demo

.venv/.test: $(inputs) | packages-test
	@.ci/venv test

packages-demo:
	@.ci/install demo

packages-test:
	@.ci/install test
