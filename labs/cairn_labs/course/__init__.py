"""Making the course out of its sources: stages, what must not be in them, and releases."""
