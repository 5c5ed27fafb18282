"""The citizen's pages: start, link, choices, waiting, rating, information. One thing per screen."""
