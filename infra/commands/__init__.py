"""The `psa` commands, one group a module."""
