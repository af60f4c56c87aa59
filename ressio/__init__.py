"""The company at work: companies, members and roles, projects, cost codes, vendors, customers, and the web shell."""
