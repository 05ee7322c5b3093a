"""Charts: the title says the finding, series are named where they end, bars begin at zero."""
