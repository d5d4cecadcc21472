"""What a text costs and why: by vocabulary, by script, by what it wastes, as a page and cleaned."""
