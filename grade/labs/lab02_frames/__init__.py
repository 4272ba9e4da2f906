"""Lab 02, "Frames": what the grader asks of each exercise, and the models that judge it."""
