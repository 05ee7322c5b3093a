"""Puts the tiers together; `psa` is the front door."""
