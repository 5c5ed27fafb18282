"""The citizen's pages: start, link, device check, waiting room, the talk, rating."""
