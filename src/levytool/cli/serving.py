"""The dashboard on 127.0.0.1, read-only, with the figures of the moment it is looked at.

One page for one officer on the same machine: the standard library's server is enough, and there is
nothing to keep up to date. It answers only to its own name, so that no other site's name can be
pointed at it, and the page may load nothing and run nothing.
"""

import base64
import hashlib
import re
import sys
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from levytool.acting import acting_from
from levytool.cli import output
from levytool.desk.month_end.dashboard import dashboard
from levytool.desk.office import Office
from levytool.ledger.database.opening import open_to_read
from levytool.ledger.database.state import state_of
from levytool.ledger.database.transactions import Ledger
from levytool.problems import LevytoolError, UsageError
from levytool.statements.render_dashboard import render_dashboard

ADDRESS = "127.0.0.1"
SECONDS_TO_ASK = 10
"""How long somebody may take to say what they want."""

_STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def serve_dashboard(place: str, port: int) -> None:
    """Show the dashboard until Ctrl-C. Raises UsageError for a port that is taken."""
    ledger = open_to_read(place)
    try:
        page = KeptPage(ledger)
        page.of_now()  # what is wrong with the ledger is said now, not in the browser
        with DashboardServer(page, port) as server:
            output.say(f"{ledger.place} is shown at http://{ADDRESS}:{server.server_port}/")
            output.say("Ctrl-C ends it")
            server.serve_forever()
    finally:
        ledger.close()


def page_of(ledger: Ledger) -> str:
    """The page with the figures of now."""
    return render_dashboard(dashboard(Office(ledger, acting_from())))


class KeptPage:
    """The page, made anew only where the books or the day are others than when it was made.

    Making it takes seconds in large books, and proves them; looking at it again takes none.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._made: tuple[object, str] | None = None
        self._making = Lock()

    def of_now(self) -> str:
        """The page with the figures of now. Who asks while it is made waits for the same one."""
        with self._making:
            with self._ledger.reading() as connection:
                of_what = acting_from().today, state_of(connection)
            if self._made is None or self._made[0] != of_what:
                # What is stored after this look is in the page, or seen at the next look.
                self._made = of_what, page_of(self._ledger)
            return self._made[1]


def policy_of(page: str) -> str:
    """What the page may do: have its own style and the logo within it, and nothing else."""
    hashes = (
        base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        for style in _STYLE.findall(page)
    )
    styles = " ".join(f"'sha256-{found}'" for found in hashes) or "'none'"
    return (
        f"default-src 'none'; style-src {styles}; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


class DashboardServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 alone."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, page: KeptPage, port: int) -> None:
        self.page = page
        try:
            super().__init__((ADDRESS, port), PageAnswer)
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"nothing can be shown on port {port} ({error}); name another with --port"
            ) from error

    def handle_error(self, _request: object, _client: object) -> None:
        """One line, never a traceback; a browser that goes away is nothing to speak of."""
        error = sys.exception()
        if not isinstance(error, (ConnectionError, TimeoutError)):
            output.warn(f"a request failed: {error}")

    @property
    def own_names(self) -> tuple[str, ...]:
        """What a browser on this machine calls it."""
        return (f"{ADDRESS}:{self.server_port}", f"localhost:{self.server_port}")


class PageAnswer(BaseHTTPRequestHandler):
    """Answers GET and HEAD of `/`, and nothing else."""

    server: DashboardServer
    server_version = "levytool"
    sys_version = ""
    timeout = SECONDS_TO_ASK

    def do_GET(self) -> None:
        """The page, to who calls the server by its own name."""
        if self.headers.get_all("Host") not in [[name] for name in self.server.own_names]:
            names = " or ".join(f"http://{name}/" for name in self.server.own_names)
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, f"open it as {names}\n")
        elif self.path.partition("?")[0] != "/":
            self._answer(HTTPStatus.NOT_FOUND, "there is one page, at /\n")
        else:
            self._show()

    do_HEAD = do_GET  # noqa: N815 (the name that http.server calls)

    def _show(self) -> None:
        try:
            page = self.server.page.of_now()
        except LevytoolError as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n")
        except Exception as error:
            what = (str(error) or type(error).__name__).splitlines()[0]
            output.warn(f"the page could not be made: {what}; try: levytool check")
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, "the page could not be made\n")
        else:
            self._answer(HTTPStatus.OK, page, "text/html")

    def _answer(self, status: HTTPStatus, text: str, kind: str = "text/plain") -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", policy_of(text))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # the browser has left the page meanwhile
                self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the server itself refuses: other methods, and what is no request."""
        self.close_connection = True
        self._answer(HTTPStatus(code), f"{message or explain or HTTPStatus(code).phrase}\n")

    def log_message(self, *_told: object) -> None:
        """Say nothing of requests: the terminal is the officer's."""
