"""Pages of the time clock."""
