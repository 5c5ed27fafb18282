"""Parts shared with the other tests of the server."""

from tests.integration.conftest import migrated

__all__ = ["migrated"]
