"""What the terminal shows on its own screen: served on loopback, useful without a network."""
