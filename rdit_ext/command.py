"""The `rdit` command: its arguments turned into those of Jupyter Server, and its messages.

It knows arguments, addresses and signals, and nothing of sessions or kernels.
"""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from jupyter_server.serverapp import ServerApp
from traitlets import default
from traitlets.config import Config

from . import __version__

_DESCRIPTION = "Edit and run plain Python scripts: every statement's result stands beside it."
_EPILOG = """\
examples:
  rdit analysis.py             open this script; it is made if there is none
  rdit projects/               list the scripts of a folder
  rdit --no-browser --port 9000
  rdit export analysis.py --to html   run it, and write it with its results;
                               rdit export --help says more

Every setting of Jupyter Server works too, as --ServerApp.SETTING=VALUE, and those of rdit as
--RditApp.SETTING=VALUE; rdit --help-all lists them. Ctrl-C ends rdit and its kernels.
"""


class RditServer(ServerApp):
    """Jupyter's server as `rdit` starts it: on this machine, quiet, and gone at the first
    Ctrl-C."""

    name = "rdit"

    @default("ip")
    def _default_ip(self) -> str:
        # Not `localhost`, Jupyter's default: cookies are per host, and the address we print must be
        # the one that a user signed in at.
        return "127.0.0.1"

    @default("allow_root")
    def _default_allow_root(self) -> bool:
        # On the loopback interface root is no more exposed than another user: the token that is
        # needed was printed to root's own terminal.
        return is_loopback(self.ip)

    @default("open_browser")
    def _default_open_browser(self) -> bool:
        return can_show_browser()

    def initialize(self, *arguments: Any, **options: Any) -> None:
        # Of this server and of all extensions: each is an Application with a logger of its own.
        self.update_config(Config({"Application": {"log_level": logging.WARNING}}))
        # Jupyter passes its ping timeout in milliseconds where tornado expects seconds, and tornado
        # warns at the first websocket. Users cannot do anything about it.
        # https://github.com/jupyter-server/jupyter_server/issues/1612
        logging.getLogger("tornado.general").addFilter(_is_news)
        super().initialize(*arguments, **options)

    def init_signal(self) -> None:
        super().init_signal()
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, number: int, frame: Any) -> None:
        print("\nrdit ends, and its kernels with it.", flush=True)
        self.stop(from_signal=True)

    def start_app(self) -> None:
        if not self.allow_root and getattr(os, "geteuid", lambda: -1)() == 0:
            sys.exit(
                f"rdit: root's scripts would be open to whoever reaches {self.ip}."
                " Add --allow-root if that is wanted."
            )
        # ServerApp would print the address three times, in eleven lines; `_say_address` does so
        # once.
        self.log.disabled = True
        try:
            super().start_app()
        finally:
            self.log.disabled = False
        # ServerApp begins to listen in a callback of the event loop. This one is queued behind it:
        # when the address is printed, it answers.
        self.io_loop.add_callback(self._say_address)

    def _say_address(self) -> None:
        print(f"\nrdit {__version__} is at\n\n    {self.address}\n\nCtrl-C ends it.\n", flush=True)

    @property
    def address(self) -> str:
        """The URL of the page, with the token if there is one."""
        address = urljoin(self.connection_url, self.default_url)
        token = self.identity_provider.token
        return f"{address}?{urlencode({'token': token})}" if token else address


def _is_news(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("The websocket_ping_timeout (")


def arguments(argv: list[str]) -> list[str]:
    """The arguments for Jupyter Server, from those of the command. A script that does not exist is
    created.

    Raises:
        SystemExit: on --help and --version, and on arguments that make no sense.
    """
    if "--help-all" in argv:
        return argv
    parser = argparse.ArgumentParser(
        prog="rdit",
        usage="rdit [options] [script.py | folder]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("place", nargs="?", metavar="script.py | folder", help="what to open")
    parser.add_argument(
        "--port", type=_port, help="port to listen at; the next free one if it is taken (8888)"
    )
    parser.add_argument("--ip", help="address to listen at (127.0.0.1: this machine only)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--allow-root", action="store_true", help="let root listen at other addresses too"
    )
    parser.add_argument("--help-all", action="store_true", help="show every setting and exit")
    parser.add_argument("--version", action="version", version=f"rdit {__version__}")
    known, others = parser.parse_known_args(argv)
    stray = [argument for argument in others if not argument.startswith("-")]
    if stray:
        parser.error(f"expected one script or folder, got {known.place} and {' '.join(stray)}")
    made = [*others]
    if known.port is not None:
        made.append(f"--ServerApp.port={known.port}")
    if known.ip is not None:
        made.append(f"--ServerApp.ip={known.ip}")
    if known.no_browser:
        made.append("--ServerApp.open_browser=False")
    if known.allow_root:
        made.append("--ServerApp.allow_root=True")
    if known.place is not None:
        root = next((a.partition("=")[2] for a in others if a.startswith(_ROOT)), None)
        try:
            made += place_arguments(known.place, root)
        except OSError as error:
            parser.error(str(error))
    return made


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 65535, got {text}")
    return int(text)


_ROOT = "--ServerApp.root_dir="


def place_arguments(place: str, root: str | None) -> list[str]:
    """The arguments that open this script or folder. `root` is the server's root folder if one was
    given; otherwise it is chosen here. A script that does not exist is created.

    Raises:
        FileNotFoundError: the script cannot be created, or is not below the root.
    """
    path = Path(place).absolute()
    if path.is_dir():
        return [f"{_ROOT}{path}"] if root is None else []
    if not path.exists():
        if path.suffix != ".py":
            raise FileNotFoundError(f"there is no {place}; a new script's name ends in .py")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent}")
    path = Path(os.path.normpath(path))
    if root is not None:
        folder = Path(root).absolute()
    else:
        here = Path.cwd()
        folder = here if path.is_relative_to(here) else path.parent
    if not path.is_relative_to(folder):
        raise FileNotFoundError(f"{place} is not in the server's root {folder}")
    if not path.exists():
        path.touch()
    url = f"/rdit/edit/{quote(path.relative_to(folder).as_posix())}"
    return [*([] if root is not None else [f"{_ROOT}{folder}"]), f"--RditApp.default_url={url}"]


def is_loopback(ip: str) -> bool:
    """Whether a server at this address can be reached from this machine only."""
    if ip == "localhost":
        return True
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False


def can_show_browser() -> bool:
    """Whether a graphical browser can be opened: where there is no display, `webbrowser` would open
    a text browser in this terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
