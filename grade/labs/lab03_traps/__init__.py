"""Lab 03, "Traps": what the grader asks of each exercise, and the models that judge it."""
