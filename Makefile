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

install: $(VENV)/.installed
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

clean: ## remove everything that was made here: the data folder and the virtual environment
	rm -rf .livingscan $(VENV)
