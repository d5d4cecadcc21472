"""One module a screen: it shows and asks, and never computes."""
