PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/bash

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what each word does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.ready: requirements/development.txt requirements/htmx.txt pyproject.toml tools/set_up.py $(wildcard webapp/translations/*/LC_MESSAGES/messages.po)
	@$(PYTHON) tools/set_up.py

.PHONY: set-up
set-up: .venv/.ready ## Only set everything up, for a server

.PHONY: run
run: .venv/.ready ## Set everything up and start Plirec
	@$(BIN)/plirec database upgrade
	@exec $(BIN)/plirec serve

.PHONY: demo
demo: .venv/.ready ## Start Plirec with an invented association in var/demo, to see each page full
	@PLIREC_DATA=var/demo $(BIN)/python tools/demo.py
	@PLIREC_DATA=var/demo $(BIN)/plirec database upgrade
	@PLIREC_DATA=var/demo exec $(BIN)/plirec serve

.PHONY: test
test: .venv/.ready ## Run every test, the browser's included, then on PostgreSQL those of the database
	@$(PYTHON) tools/pdf_reader.py
	@PLIREC_CHROMIUM="$$($(PYTHON) tools/browser.py)" && export PLIREC_CHROMIUM && $(BIN)/pytest -q
	@$(MAKE) --no-print-directory test-postgresql

.PHONY: test-postgresql
test-postgresql: .venv/.ready ## Run on PostgreSQL the tests that touch the database and need no browser
	@$(PYTHON) tools/pdf_reader.py
	@PLIREC_TEST_DATABASE=postgresql $(BIN)/pytest -q -n auto -m "not browser"

.PHONY: quick
quick: .venv/.ready ## Run the quick tests, three of five: in under a minute
	@$(BIN)/pytest -q -n auto -m "not browser and not slow"

.PHONY: check
check: .venv/.ready ## Hold the code to its rules: lint, format, types, rooms, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/catalogues.py check
	@$(BIN)/pip-audit --requirement requirements/production.txt --disable-pip --require-hashes --progress-spinner off \
		|| echo "pip-audit advises only: see above what it found, or why it could not ask."

.PHONY: translations
translations: .venv/.ready ## Bring the catalogues up to date with the texts of the code
	@$(BIN)/python tools/catalogues.py update

.PHONY: bench
bench: .venv/.ready .venv-bench/.ready ## Measure lists, groups, recaps, notices and tracking against bare ways and a peer
	@PYTHONPATH=. $(BIN)/python benchmarks/check_workbook.py 10000
	@PYTHONPATH=. $(BIN)/python benchmarks/check_workbook.py 100000
	@PYTHONPATH=. $(BIN)/python benchmarks/imports.py
	@PYTHONPATH=. $(BIN)/python benchmarks/group_pages.py
	@PYTHONPATH=. $(BIN)/python benchmarks/recap_of_groups.py
	@PYTHONPATH=. $(BIN)/python benchmarks/notices.py
	@PYTHONPATH=. $(BIN)/python benchmarks/two_workers.py
	@PYTHONPATH=. $(BIN)/python benchmarks/handing_over.py
	@PYTHONPATH=. $(BIN)/python benchmarks/tracking_page.py
	@PYTHONPATH=. $(BIN)/python benchmarks/proofs.py
	@PYTHONPATH=. $(BIN)/python benchmarks/acceptance_page.py
	@PYTHONPATH=. $(BIN)/python benchmarks/journal.py

.PHONY: crash
crash: .venv/.ready ## Kill workers at random a hundred times, and look who was lost (CRASH="--database postgresql")
	@PYTHONPATH=. $(BIN)/python tools/crash.py $(CRASH)

.venv-bench/.ready: requirements/bench.txt .venv/.ready
	@$(BIN)/uv venv --quiet --clear .venv-bench
	@$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements/bench.txt
	@touch $@

.PHONY: corpus
corpus: .venv/.ready ## Write messy and hostile files into var/corpus, to try the import on by hand
	@$(BIN)/python tools/corpus.py

.PHONY: screenshots
screenshots: .venv/.ready ## Take the pictures of the documentation
	@PLIREC_CHROMIUM="$$($(PYTHON) tools/browser.py)" $(BIN)/python tools/screenshots.py

.PHONY: lock
lock: .venv/.ready ## Choose the newest packages that fit, and lock them by hash
	@$(BIN)/uv pip compile pyproject.toml --extra development $(LOCK) --upgrade -o requirements/development.txt
	@$(BIN)/uv pip compile pyproject.toml $(LOCK) -c requirements/development.txt -o requirements/production.txt
	@$(BIN)/uv pip compile requirements/bench.in $(LOCK) --upgrade -o requirements/bench.txt

LOCK := --generate-hashes --no-header --no-emit-index-url --no-annotate --universal --python-version 3.11 --quiet

.PHONY: clean
clean: ## Remove what set-up made (the data in var/ stays)
	@rm -rf .venv .venv-bench webapp/static/htmx.min.js
