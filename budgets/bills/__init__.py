"""Bills: entered and approved here, sent to QuickBooks exactly once, and followed there ever after."""
