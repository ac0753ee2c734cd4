"""A real JupyterHub behind configurable-http-proxy, with two users, in processes of its own.

Everything is made in one folder and listens on 127.0.0.1. Its own children are ended one by one,
also when this process is killed: the hub is told to end with the thread that started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import requests
import websocket

from .processes import ROOT, clean_environment, reserved_port
from .waiting import wait_for

PATIENCE = 90  # seconds
PASSWORD = secrets.token_hex(8)
CONFIG = """
import os

given = os.environ
c = get_config()  # noqa: F821
c.JupyterHub.bind_url = f"http://127.0.0.1:{given['T_PUBLIC']}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{given['T_HUB']}"
c.JupyterHub.db_url = f"sqlite:///{given['T_FOLDER']}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{given['T_FOLDER']}/cookie_secret"
c.JupyterHub.cleanup_servers = c.JupyterHub.cleanup_proxy = True
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{given['T_API']}"
c.ConfigurableHTTPProxy.command = [given["T_PROXY"]]
c.ConfigurableHTTPProxy.auth_token = given["T_PROXY_TOKEN"]
c.ConfigurableHTTPProxy.pid_file = f"{given['T_FOLDER']}/proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = {"alice", "bob"}
c.DummyAuthenticator.password = given["T_PASSWORD"]
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{given['T_FOLDER']}/home/{{username}}"
c.Spawner.ip = "127.0.0.1"
c.Spawner.cmd = [given["T_PYTHON"], "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.default_url = "/rdit"
c.Spawner.start_timeout = c.Spawner.http_timeout = 90
c.Spawner.environment = {
    "PYTHONPATH": given["T_ROOT"],
    "JUPYTER_CONFIG_PATH": f"{given['T_FOLDER']}/config",
}
"""


def proxy_command() -> Path:
    """configurable-http-proxy: where CHP says, or as npm installs it here."""
    return Path(os.environ.get("CHP") or ROOT / "node_modules/.bin/configurable-http-proxy")


@contextlib.contextmanager
def reserved_ports(count):
    """Ports that nobody else is handed."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(reserved_port()) for _ in range(count)]


def end_with_parent():
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


class Hub:
    def __init__(self, folder: Path, ports):
        self.folder = folder
        public, hub, api = ports
        self.url = f"http://127.0.0.1:{public}"
        for user in ("alice", "bob"):
            (folder / "home" / user).mkdir(parents=True)
        (folder / "config").mkdir()
        (folder / "config" / "jupyter_server_config.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": {"rdit_ext": True}}})
        )
        (folder / "jupyterhub_config.py").write_text(CONFIG)
        self.log = folder / "hub.log"
        with self.log.open("wb") as log:
            self.process = psutil.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(folder / "jupyterhub_config.py")],
                cwd=folder,
                env={
                    **clean_environment(),
                    "T_FOLDER": str(folder),
                    "T_PUBLIC": str(public),
                    "T_HUB": str(hub),
                    "T_API": str(api),
                    "T_PROXY": str(proxy_command()),
                    "T_PROXY_TOKEN": secrets.token_hex(16),
                    "T_PASSWORD": PASSWORD,
                    "T_PYTHON": sys.executable,
                    "T_ROOT": str(ROOT),
                    "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.seen = {self.process}
        try:
            wait_for(self._answers, "the hub", PATIENCE)
        except AssertionError:
            self.close()
            raise AssertionError(self.log.read_text()[-4000:]) from None

    def _answers(self):
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/hub/api/", timeout=2).status_code == 200

    def note_processes(self):
        """Remember all that run now, for a child whose parent is gone can be found no more."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.seen.update(self.process.children(recursive=True))

    def close(self):
        """End it as a service manager would; what has to be ended by force is left over."""
        self.note_processes()
        self.process.terminate()
        with contextlib.suppress(psutil.TimeoutExpired):
            self.process.wait(60)
        _, left = psutil.wait_procs(self.seen, timeout=30)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        return left


class User:
    """A browser: cookies, XSRF, redirects."""

    def __init__(self, hub: Hub, name: str):
        self.hub = hub
        self.name = name
        self.http = requests.Session()
        self.http.trust_env = False

    def get(self, path, **options):
        return self.http.get(f"{self.hub.url}{path}", timeout=PATIENCE, **options)

    def post(self, path, **options):
        headers = {"X-XSRFToken": self.xsrf(path), **options.pop("headers", {})}
        return self.http.post(f"{self.hub.url}{path}", timeout=PATIENCE, headers=headers, **options)

    def xsrf(self, path):
        """There is one such cookie for each prefix; a browser sends that of the longest."""
        fitting = [c for c in self.http.cookies if c.name == "_xsrf" and path.startswith(c.path)]
        return max(fitting, key=lambda c: len(c.path)).value

    def cookies(self, path):
        return "; ".join(
            f"{c.name}={c.value}" for c in self.http.cookies if path.startswith(c.path)
        )

    def sign_in(self):
        self.get("/hub/login").raise_for_status()
        answer = self.http.post(
            f"{self.hub.url}/hub/login",
            data={"username": self.name, "password": PASSWORD, "_xsrf": self.xsrf("/hub/")},
            allow_redirects=False,
            timeout=PATIENCE,
        )
        assert answer.status_code == 302, answer.text
        # A page of the hub binds the XSRF cookie to the one who is signed in now.
        self.get("/hub/home").raise_for_status()
        return self

    def start_server(self):
        answer = self.post(f"/hub/api/users/{self.name}/server")
        assert answer.status_code in (201, 202), answer.text

        def is_ready():
            servers = self.get(f"/hub/api/users/{self.name}").json()["servers"]
            return servers.get("", {}).get("ready")

        wait_for(is_ready, f"the server of {self.name}", PATIENCE)
        self.hub.note_processes()
        return self

    def token(self, *scopes):
        answer = self.post(
            f"/hub/api/users/{self.name}/tokens", json={"scopes": scopes, "expires_in": 600}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["token"]


def connect(hub: Hub, path, *, cookie=None, token=None, origin=None):
    """A websocket; `.status` of the error says why not."""
    return websocket.create_connection(
        f"{hub.url.replace('http', 'ws', 1)}{path}",
        timeout=PATIENCE,
        cookie=cookie,
        header=[f"Authorization: Bearer {token}"] if token else [],
        origin=origin or hub.url,
    )


def status_of_connect(*arguments, **options):
    try:
        connect(*arguments, **options).close()
    except websocket.WebSocketBadStatusException as error:
        return error.status_code
    return 101
