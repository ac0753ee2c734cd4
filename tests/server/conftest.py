import re

import pytest

from tests.support.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One for all tests; each has a session of its own."""
    server = Server(tmp_path_factory.mktemp("server"), ["--RditApp.max_viewer_bytes=1000000"])
    yield server
    server.close()


@pytest.fixture
def session(server, request):
    """The name of a session that no other test has. Its kernel ends with the test."""
    name = re.sub(r"\W+", "-", request.node.name)[:80]
    yield name
    server.request("DELETE", f"sessions/{name}")
