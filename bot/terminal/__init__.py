"""What the commands show on a terminal, and the options they share."""
