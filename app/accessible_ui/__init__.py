"""Components, base pages, gallery, preferences and languages of every page."""
