"""What pages are put together from: the gate, the filters, tiles, charts and tables."""
