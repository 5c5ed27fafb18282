"""Ears and mouth: engines, models, the caption pipeline, in a process of their own."""
