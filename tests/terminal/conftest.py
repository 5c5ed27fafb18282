"""Parts shared with the other tests of the server."""

from tests.integration.conftest import migrated
from tests.integration.test_turn import coturn

__all__ = ["coturn", "migrated"]
