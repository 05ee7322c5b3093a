.PHONY: setup test check demo clean
PSA = .venv/bin/psa

setup:
	@sh infra/setup.sh

test: setup check
	@.venv/bin/python -m pytest --cov --cov-report=term:skip-covered --cov-fail-under=85

check: setup
	@.venv/bin/ruff check . && .venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache

# `make demo ONCE=1` does the main job and ends
demo: setup
	@$(PSA) demo $(if $(ONCE),--once)
