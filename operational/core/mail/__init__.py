"""Outbound mail: written in the caller's transaction, carried out by the worker."""
