"""What of a space is out of date, and answers and servers that are gone."""
