"""The admin console (Textual). Its only door to the rest is ``tui/admin_data.py``."""
