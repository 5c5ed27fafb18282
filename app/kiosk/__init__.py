"""The terminal in the library. Room kept; its own issue builds it."""
