"""Who may do what: every address that the extension registers, held against a list here."""

import asyncio
import json

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.utils import url_path_join
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

FOREIGN = "http://evil.example"
# Every route that the extension registers, with requests that would do something if let through.
# A new route fails the first test until it stands here, and is then tried by the others.
ROUTES = {
    r"/rdit/?": [("GET", "/rdit", None)],
    r"/rdit/edit(|/.*)": [("GET", "/rdit/edit/x.py", None)],
    r"/rdit/health": [("GET", "/rdit/health", None)],
    r"/rdit/execute-script": [("POST", "/rdit/execute-script", {"script": "1"})],
    r"/rdit/execute": [("POST", "/rdit/execute", {"statements": []})],
    r"/rdit/reset": [("POST", "/rdit/reset", {"restart": True})],
    r"/rdit/interrupt": [("POST", "/rdit/interrupt", {})],
    r"/rdit/sessions": [("GET", "/rdit/sessions", None), ("POST", "/rdit/sessions", {})],
    r"/rdit/sessions/([^/]+)": [
        ("GET", "/rdit/sessions/default", None),
        ("PATCH", "/rdit/sessions/default", {"path": "y.py"}),
        ("DELETE", "/rdit/sessions/default", None),
    ],
    r"/rdit/export": [("POST", "/rdit/export", {"script": "1", "format": "notebook"})],
    r"/rdit/lint": [("POST", "/rdit/lint", {"script": "1"})],
    r"/rdit/format": [("POST", "/rdit/format", {"script": "1"})],
    r"/rdit/notebook-script": [("POST", "/rdit/notebook-script", {"path": "x.ipynb"})],
    r"/rdit/settings": [
        ("GET", "/rdit/settings", None),
        ("PATCH", "/rdit/settings", {"settings": {"theme": "dark"}}),
    ],
    r"/rdit/openapi\.json": [("GET", "/rdit/openapi.json", None)],
    r"/rdit/ws": [("WS", "/rdit/ws?path=x.py", None)],
    r"/static/rdit/(.*)": [("GET", "/static/rdit/page.js", None)],
}
# The one address that answers a stranger, and what it tells him. Jupyter's own handler serves the
# page's assets to everyone, as it does its own: they hold no secrets and run nothing.
OPEN = {"/rdit/health"}
EXECUTING_NOTHING = {
    "/rdit/interrupt",
    "/rdit/export",
    "/rdit/notebook-script",
    "/rdit/lint",
    "/rdit/format",
}
PUBLIC_ASSETS = {"/static/rdit/page.js"}
GUARDED = [
    request
    for requests in ROUTES.values()
    for request in requests
    if request[1] not in OPEN | PUBLIC_ASSETS
]


class Deny(Authorizer):
    """Lets nobody do anything."""

    def is_authorized(self, handler, user, action, resource):
        return False


class DenyExecute(Authorizer):
    """Lets nobody execute."""

    def is_authorized(self, handler, user, action, resource):
        return (action, resource) != ("execute", "kernels")


class DenySessions(Authorizer):
    """Lets nobody make a session."""

    def is_authorized(self, handler, user, action, resource):
        return (action, resource) != ("write", "sessions")


class SlowToAllowWriting(Authorizer):
    """Asks somebody else about interrupts and resets, who answers when the test says so."""

    asked: asyncio.Event
    answered: asyncio.Event

    async def is_authorized(self, handler, user, action, resource):
        if action == "write" and resource == "kernels":
            self.asked.set()
            await self.answered.wait()
        return True


CONFIG = {
    "jpserver_extensions": {"rdit_ext": True},
    "reraise_server_extension_failures": True,
    # Warns, and warnings are errors here, of any method that does not say who may call it.
    "allow_unauthenticated_access": False,
    "terminals_enabled": False,
}


@pytest.fixture
def authorizer():
    return None


@pytest.fixture
def jp_server_config(authorizer):
    extra = {} if authorizer is None else {"authorizer_class": authorizer}
    return {"ServerApp": {**CONFIG, **extra}}


@pytest.fixture
def ask(jp_serverapp, http_server, jp_base_url, jp_http_port):
    """Sends a request with these headers only; its status and body."""

    async def ask(request, headers):
        method, path, body = request
        url = f"http://127.0.0.1:{jp_http_port}{url_path_join(jp_base_url, path)}"
        try:
            if method == "WS":
                url = url.replace("http", "ws", 1)
                (await websocket_connect(HTTPRequest(url, headers=headers))).close()
                return 101, b""
            answer = await AsyncHTTPClient().fetch(
                url,
                method=method,
                body=None if body is None else json.dumps(body),
                headers=headers,
                follow_redirects=False,
            )
        except HTTPClientError as error:
            return error.code, error.response.body if error.response else b"no answer"
        return answer.code, answer.body

    return ask


@pytest.fixture
def signed_in(jp_serverapp, http_server, jp_base_url, jp_http_port):
    """The headers of a browser that has signed in."""

    async def sign_in():
        token = jp_serverapp.identity_provider.token
        answer = await AsyncHTTPClient().fetch(
            f"http://127.0.0.1:{jp_http_port}{url_path_join(jp_base_url, 'rdit')}?token={token}",
            raise_error=False,
        )
        pairs = [c.partition(";")[0] for c in answer.headers.get_list("Set-Cookie")]
        xsrf = next((p.partition("=")[2] for p in pairs if p.startswith("_xsrf=")), "")
        return {"Cookie": "; ".join(pairs), "X-XSRFToken": xsrf}

    return sign_in


@pytest.fixture
def try_all(ask, jp_serverapp):
    """Sends each request; the statuses by request, after a look that nothing came of any."""

    async def try_all(requests, headers):
        statuses = {}
        for request in requests:
            status, _ = await ask(request, headers)
            statuses[f"{request[0]} {request[1]}"] = status
            sessions = jp_serverapp.web_app.settings["rdit_sessions"]
            assert sessions.all() == [], request
            assert jp_serverapp.kernel_manager.list_kernel_ids() == [], request
        return statuses

    return try_all


def let_through(statuses):
    return {request: s for request, s in statuses.items() if s not in (401, 403, 404)}


def test_every_route_is_in_this_list(jp_serverapp, jp_base_url):
    extension = jp_serverapp.extension_manager.extension_points["rdit"].app
    registered = {pattern for pattern, *_ in extension.handlers}
    rules = [
        rule.matcher.regex.pattern.removesuffix("$")
        for host in jp_serverapp.web_app.default_router.rules
        for rule in getattr(host.target, "rules", ())
    ]
    base = jp_base_url.rstrip("/")
    ours = {pattern.removeprefix(base) for pattern in rules if "rdit" in pattern}
    assert ours == set(ROUTES)
    assert registered | {r"/static/rdit/(.*)"} == set(ROUTES)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}], ids=["none", "wrong"])
async def test_a_caller_without_a_right_token_is_refused(try_all, headers):
    statuses = await try_all(GUARDED, headers)
    # A browser that asks for a page is sent to the login form.
    assert let_through(statuses) == {"GET /rdit": 302, "GET /rdit/edit/x.py": 302}


async def test_a_foreign_page_is_refused_though_its_visitor_has_signed_in(try_all, signed_in):
    statuses = await try_all(GUARDED, {**await signed_in(), "Origin": FOREIGN})
    assert let_through(statuses) == {}


async def test_a_cookie_without_the_xsrf_header_is_refused(try_all, signed_in):
    headers = {"Cookie": (await signed_in())["Cookie"]}
    statuses = await try_all([r for r in GUARDED if r[0] in ("POST", "PATCH", "DELETE")], headers)
    assert set(statuses.values()) == {403}


@pytest.mark.parametrize("authorizer", [Deny])
async def test_whom_the_authorizer_lets_do_nothing_is_refused(try_all, ask, jp_serverapp):
    headers = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    statuses = await try_all(GUARDED, headers)
    assert set(statuses.values()) == {403}
    _, body = await ask(("GET", "/rdit/health", None), headers)
    answer = json.loads(body)
    assert answer.keys() == {"status", "version", "mayExecute"}
    assert answer["mayExecute"] is False


@pytest.mark.parametrize("authorizer", [DenyExecute, DenySessions])
async def test_without_a_right_that_it_takes_nothing_is_executed(try_all, jp_serverapp):
    headers = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    executing = [r for r in GUARDED if r[0] in ("POST", "WS") and r[1] not in EXECUTING_NOTHING]
    statuses = await try_all(executing, headers)
    assert set(statuses.values()) == {403}


async def test_health_answers_a_stranger_that_it_is_here_and_nothing_else(ask, try_all):
    status, body = await ask(("GET", "/rdit/health", None), {})
    answer = json.loads(body)
    assert status == 200
    assert answer.pop("status") == "ok"
    assert isinstance(answer.pop("version"), str)
    assert answer == {}
    await try_all([("GET", "/rdit/health", None)], {})


async def test_a_page_that_has_signed_in_is_let_through(ask, signed_in, jp_http_port):
    headers = await signed_in()
    origin = {"Origin": f"http://127.0.0.1:{jp_http_port}"}
    for request in GUARDED:
        if request[0] == "GET" and "sessions/" not in request[1]:
            status, body = await ask(request, headers)
            assert status == 200, (request, body)
        elif request[0] == "WS":
            assert await ask(request, {**headers, **origin}) == (101, b"")


async def test_the_page_holds_no_token(ask, signed_in, jp_serverapp):
    _, body = await ask(("GET", "/rdit/edit/x.py", None), await signed_in())
    assert jp_serverapp.identity_provider.token.encode() not in body


@pytest.mark.parametrize("authorizer", [SlowToAllowWriting])
async def test_what_one_viewer_sends_keeps_its_order_however_long_the_authorizer_takes(
    jp_serverapp, http_server, jp_base_url, jp_http_port
):
    SlowToAllowWriting.asked, SlowToAllowWriting.answered = asyncio.Event(), asyncio.Event()
    token = jp_serverapp.identity_provider.token
    url = f"ws://127.0.0.1:{jp_http_port}{url_path_join(jp_base_url, 'rdit/ws')}?session=order"
    viewer = await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {token}"}))

    async def send(type, **request):
        await viewer.write_message(json.dumps({"type": type, **request}))

    async def until(type, **fields):
        while True:
            for event in json.loads(await viewer.read_message()):
                if {"type": type, **fields}.items() <= event.items():
                    return event

    await send("attach")
    await send("run", run="long", script="import time\ntime.sleep(600)")
    await until("status", run="long", nodeIndex=1, status="running")
    await send("interrupt")
    await SlowToAllowWriting.asked.wait()
    await send("run", run="after", script="1")
    SlowToAllowWriting.answered.set()
    assert (await until("done", run="long"))["status"] == "interrupted"
    # Asked for after the interrupt, which must not cancel it.
    assert (await until("done", run="after"))["status"] == "ok"
    viewer.close()
