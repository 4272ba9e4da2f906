"""Lab 01, "Boot": what the grader asks of each exercise, and the models that judge the answers."""
