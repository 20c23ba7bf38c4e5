"""Bench (测速): what the service costs beside what it cannot do without, taken in one run."""
