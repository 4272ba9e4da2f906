"""The labs as data: what each one adds, its exercises, and sources with or without solutions."""
