"""What a municipality tells everybody: short pages in plain words, in several languages.

Data, not code: TOML files, one per page. A municipality's own folder takes the place of the ones beside this file.
"""

from app.domain.information.loading import MalformedInformation, dutch_texts, load_pages
from app.domain.information.pages import Information, Line, Page, Part, Town

__all__ = ["Information", "Line", "MalformedInformation", "Page", "Part", "Town", "dutch_texts", "load_pages"]
