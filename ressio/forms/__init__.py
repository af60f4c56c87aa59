"""Forms: what a person typed, checked and turned into values for a verb. They never save anything themselves."""
