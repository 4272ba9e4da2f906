"""`make course`: proves that every tree of the course is what a student should get."""
