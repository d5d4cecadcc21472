"""What something would take or save, said before it is done."""
