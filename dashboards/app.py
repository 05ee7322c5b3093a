"""The pages, their navigation and their language; `python -m dashboards.serve` runs it."""

from dashboards.ui.site import run

run()
