"""Bills: what they say, how two edits of one come together, what was paid on them, and their numbers."""
