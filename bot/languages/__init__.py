"""What knowbot says, a module for each language; ``bot/words.py`` chooses among them."""
