"""The phrase board on screen: in a talk, and as a plain page that needs no script."""
