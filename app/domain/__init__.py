"""Nouns, rules and ports: what a conversation, a seat, a caption is. Knows no web and no database."""
