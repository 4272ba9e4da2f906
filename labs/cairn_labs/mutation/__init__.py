"""`make mutants`: wrong solutions must lose points, other right ones must get all of them."""
