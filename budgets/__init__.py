"""Budget lines, bills, cost lines (actuals) and the tie-out with QuickBooks Online."""
