"""The door for programs: `/api/v1/`. Views call the same verbs as the pages."""
