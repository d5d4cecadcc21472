"""Money: prices, budgets set aside before a call, and the one place where calls are counted."""
