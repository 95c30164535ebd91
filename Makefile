# livingscan: `make demo` shows the whole pipeline on this machine; `make test` proves it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     ?= uv
LOCK   := $(UV) pip compile pyproject.toml --extra build --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet
INSTALL := $(BIN)/pip --disable-pip-version-check --no-input --quiet --quiet install --no-deps

.PHONY: demo run test check clean lock install install-dev help
.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed ## the pinned packages alone, into .venv
$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "livingscan needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned packages into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

install-dev: $(VENV)/.installed-dev
$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the pinned test and check tools into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.installed ## the whole pipeline here, no keys, no network (ONCE=1: one update, then stop; CORPUS=FILE: your own records; PORT=N)
	@$(BIN)/livingscan demo $(if $(ONCE),--once) $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(PORT),--port "$(PORT)")

run: $(VENV)/.installed ## the same against the live services (ONCE=1, PORT=N)
	@$(BIN)/livingscan run $(if $(ONCE),--once) $(if $(PORT),--port "$(PORT)")

test: $(VENV)/.installed-dev ## every test, no network
	@$(BIN)/pytest

check: $(VENV)/.installed-dev ## lint, format, types, import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

lock: ## pin the dependencies anew (needs uv)
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --extra dask --output-file requirements-dev.lock

clean: ## remove what the demos wrote, and .venv; a review of your own is kept (REVIEW=1: it goes as well)
	@for lock in .livingscan/up.lock .livingscan/*/up.lock; do \
		pid=$$(sed -n 's/.*"pid": "\([0-9]*\)".*/\1/p' "$$lock" 2>/dev/null); \
		if [ -n "$$pid" ] && kill -0 "$$pid" 2>/dev/null; then \
			echo "livingscan runs in $${lock%/up.lock} (process $$pid): end it with Ctrl-C there, then clean" >&2; exit 1; \
		fi; \
	done
	@for demo in .livingscan/demo .livingscan/demo-*; do \
		if [ -e "$$demo/invented-literature.txt" ] || [ ! -e "$$demo/review.db" ]; then rm -rf "$$demo"; fi; \
	done
	@$(if $(REVIEW),rm -rf .livingscan)
	@if [ -d .livingscan ] && ! rmdir .livingscan 2>/dev/null; then \
		echo "Kept, for no demo wrote it: .livingscan with $$(ls -A .livingscan | tr '\n' ' ')"; \
		echo "To remove it as well, with every decision and release in it: make clean REVIEW=1"; \
	fi
	rm -rf $(VENV)
