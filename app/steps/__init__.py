"""What an employee may ask in a talk. Room kept; its own issue builds it."""
