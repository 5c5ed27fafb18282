"""Figures: one JSON line each. A module here offers BENCHMARKS: group name → callable(options) yielding figures."""
