"""What the kernel's operations cost, in guest instructions, against their budgets: `make bench`."""
