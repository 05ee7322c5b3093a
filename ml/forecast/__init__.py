"""Tickets opened per day and week: candidates, a backtest, intervals, and queues that add up to the total."""
