# Everything here works from a fresh clone with no environment active; `make help` lists the targets.
MPP_HOST ?= 127.0.0.1
MPP_PORT ?= 8050
export MPP_HOST MPP_PORT

# Set on the command line to choose an interpreter: make setup PYTHON=python3.12
PYTHON ?=
ARGS ?=
# Test processes; 0 runs the tests in one
WORKERS ?= 2
BIN := .venv/bin
STAMP := .venv/.setup-done
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 14

setup: $(STAMP) ## build .venv (PYTHON=... picks the interpreter)

$(STAMP): requirements/dev.txt pyproject.toml .ci/setup
	@PYTHON="$(PYTHON)" sh .ci/setup
	@touch $@

run: $(STAMP) ## start the example mall on MPP_HOST:MPP_PORT (127.0.0.1:8050)
	@exec $(BIN)/mpp demo $(ARGS)

test: $(STAMP) ## run the tests (ARGS="tests/queues -x" narrows them)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: $(STAMP) ## ruff, mypy, import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP) ## run the benchmarks and print their figures (ARGS="intake board" picks some)
	@$(BIN)/python -m benchmarks $(ARGS)

lock: ## renew requirements/*.txt from pyproject.toml (needs uv; UPGRADE=--upgrade takes newer releases)
	@command -v uv >/dev/null || { echo "lock: uv is missing: python3 -m pip install uv, in an environment of its own" >&2; exit 1; }
	uv pip compile pyproject.toml $(LOCK) $(UPGRADE) -o requirements/run.txt
	uv pip compile pyproject.toml $(LOCK) $(UPGRADE) --extra postgres -c requirements/run.txt -o requirements/postgres.txt
	uv pip compile pyproject.toml $(LOCK) $(UPGRADE) --extra dev -c requirements/postgres.txt -o requirements/dev.txt
	@! grep -nE '://|--(extra-)?index|--find-links' requirements/*.txt

clean: ## remove caches and .venv (the instance folder, where the data is, stays)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
