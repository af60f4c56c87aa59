"""A project's budget for programs: what was planned, what it really cost, line by line, and the tie-out."""
