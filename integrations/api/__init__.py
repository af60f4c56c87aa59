"""QuickBooks for programs: how the connection stands, its lists, links, switches, syncs and what needs somebody."""
