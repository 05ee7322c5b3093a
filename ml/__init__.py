"""Pure model library: frames in, models and metrics out; no Dagster, no database, no web."""
