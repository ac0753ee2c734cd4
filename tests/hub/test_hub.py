import json

import psutil
import pytest
import requests

from tests.support.hub import (
    Hub,
    User,
    connect,
    proxy_command,
    reserved_ports,
    status_of_connect,
)
from tests.support.waiting import wait_for

pytestmark = pytest.mark.hub
HERE = "/user/alice/rdit"
# A script of the usual kind, that reads data of its own folder.
SCRIPT = """\
import csv
import statistics
from pathlib import Path

Path("heights.csv").write_text("name,height\\nada,170\\ngrace,164\\n")
with open("heights.csv") as file:
    heights = [float(row["height"]) for row in csv.DictReader(file)]

print("read", len(heights), "rows")
statistics.mean(heights)
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    pytest.importorskip("jupyterhub")
    if not proxy_command().exists():
        pytest.skip(f"no configurable-http-proxy at {proxy_command()}: npm install, or set CHP")
    with reserved_ports(3) as ports:
        hub = Hub(tmp_path_factory.mktemp("hub"), ports)
        yield hub
        assert hub.close() == [], "processes outlived the hub"


@pytest.fixture(scope="module")
def alice(hub):
    alice = User(hub, "alice").sign_in().start_server()
    # A browser comes to a page first: an API never sends it to sign in.
    assert alice.get(f"{HERE}/").status_code == 200
    return alice


@pytest.fixture(scope="module")
def bob(hub):
    return User(hub, "bob").sign_in()


def execute(user, script, **body):
    answer = user.post(f"{HERE}/execute-script", json={"script": script, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_owner_has_her_page_under_her_prefix(alice):
    answer = alice.get(f"{HERE}/edit/a.py")
    assert answer.status_code == 200
    assert '"baseUrl": "/user/alice/"' in answer.text
    assert "/user/alice/static/rdit/page.js" in answer.text
    assert alice.get(f"{HERE}/health").json()["status"] == "ok"


def test_the_owner_executes_a_script(alice, hub):
    answer = execute(alice, SCRIPT, path="analysis.py")
    outputs = {r["lineStart"]: r["output"] for r in answer["results"] if not r["isInvisible"]}
    assert outputs[9] == [{"type": "stdout", "text": "read 2 rows\n"}]
    assert outputs[10][0]["text"] == "167.0\n"
    assert (hub.folder / "home/alice/heights.csv").exists()


def test_the_owner_has_events_over_the_websocket(alice, hub):
    path = f"{HERE}/ws?path=analysis.py"
    socket = connect(hub, path, cookie=alice.cookies(path))
    socket.send(json.dumps({"type": "attach", "since": 0}))
    socket.send(json.dumps({"type": "run", "run": "r", "script": "print('x' * 100_000)\nheights"}))
    events = []

    def is_done():
        events.extend(json.loads(socket.recv()))
        return any(e["type"] == "done" and e["run"] == "r" for e in events)

    wait_for(is_done, "the run's end")
    socket.close()
    outputs = [e["output"]["text"] for e in events if e["type"] == "output" and e["run"] == "r"]
    assert outputs == ["x" * 100_000 + "\n", "[170.0, 164.0]\n"]


def test_a_post_without_the_xsrf_header_is_refused(alice, hub):
    answer = alice.http.post(f"{hub.url}{HERE}/execute-script", json={"script": "1"})
    assert answer.status_code == 403


def test_nobody_else_gets_in(alice, bob, hub):
    page = bob.get(f"{HERE}/")
    assert page.status_code == 403
    assert bob.get(f"{HERE}/sessions").status_code == 403
    path = f"{HERE}/ws?path=analysis.py"
    assert status_of_connect(hub, path, cookie=bob.cookies(path)) == 403

    stranger = User(hub, "nobody")
    page = stranger.get(f"{HERE}/edit/analysis.py")
    assert page.url.startswith(f"{hub.url}/hub/login")
    assert stranger.get(f"{HERE}/sessions").status_code == 403
    assert requests.post(f"{hub.url}{HERE}/execute-script", json={"script": "1"}).status_code == 403
    assert status_of_connect(hub, path) == 403


def test_a_stranger_learns_from_health_only_that_rdit_is_here(alice, bob):
    for user in (bob, User(bob.hub, "nobody")):
        assert user.get(f"{HERE}/health").json().keys() == {"status", "version"}


def test_a_foreign_page_cannot_connect_though_its_visitor_has_signed_in(alice, hub):
    path = f"{HERE}/ws?path=analysis.py"
    cookie = alice.cookies(path)
    assert status_of_connect(hub, path, cookie=cookie, origin="http://evil.example") == 403


def test_a_token_opens_what_its_scope_says(alice, bob, hub):
    def post(token):
        return requests.post(
            f"{hub.url}{HERE}/execute-script",
            json={"script": "2 + 2"},
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,
        )

    path = f"{HERE}/ws?session=default"
    good = alice.token("access:servers!user=alice")
    assert post(good).json()["results"][0]["output"][0]["text"] == "4\n"
    assert status_of_connect(hub, path, token=good) == 101
    weak = alice.token("read:users!user=alice")
    for bad in (weak, bob.token("access:servers!user=bob"), "nonsense"):
        assert post(bad).status_code == 403
        assert status_of_connect(hub, path, token=bad) == 403


def test_a_run_counts_as_activity_of_the_server(alice):
    execute(alice, "1")
    status = alice.get("/user/alice/api/status").json()
    assert status["kernels"] >= 1


def test_all_listens_on_this_machine_only(alice, hub):
    hub.note_processes()
    listening = [
        connection.laddr.ip
        for process in hub.seen
        if process.is_running()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 4
    assert set(listening) == {"127.0.0.1"}
