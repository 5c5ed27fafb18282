"""The municipal server's side of the terminals."""
