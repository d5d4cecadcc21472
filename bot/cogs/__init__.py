"""What knowbot does on Discord, by occasion."""
