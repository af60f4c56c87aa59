"""The time clock for programs."""
