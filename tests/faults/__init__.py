"""Bills are sent while everything around them is killed, cut and lost: QuickBooks must hold each of them once."""
