"""What runs on the terminal itself, without pages."""
