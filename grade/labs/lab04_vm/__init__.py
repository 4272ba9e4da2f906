"""Lab 04, "Virtual memory": what the grader asks of each exercise, and the models that judge it."""
