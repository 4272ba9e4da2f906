"""What doxygen does not do for the book: contents, exercises, diagrams, and finding dead links."""
