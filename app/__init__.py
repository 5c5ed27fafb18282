"""Wijkbalie: a municipal desk by video. HOUSE: imports go down only, see docs/change/house.md."""
