"""The employee's pages: sign in, today's list, prepare a conversation, hand over links, talk."""
