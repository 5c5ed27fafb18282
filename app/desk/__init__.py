"""The employee's pages: sign-in, today's list, new conversation, console."""
