"""Tells the agent that a page lives; on municipal pages at a terminal also the way out."""
