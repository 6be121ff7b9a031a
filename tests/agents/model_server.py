"""A scripted model on the loopback address that speaks the wire formats of four services; no key, no other address.

A script is a list of attempts; an attempt is the shell commands that the model wants to be run, one a turn, and what it says at
the end. Requests that offer no shell tool (titles, classifiers) get a short answer and move nothing.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.agents.wire_formats import Reply, encode, error_body, format_of, tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHELL_TOOLS = ("Bash", "bash", "run_shell_command", "exec_command", "shell_command", "shell")


@dataclass(frozen=True)
class Script:
    """What the model does in one session: the commands, then its last words; or how its service fails.

    Attributes:
        status: of every answer; 200 lets the model speak.
        refuses: the service stops the answer for its content.
        silent: no answer at all, ever.
    """

    commands: tuple[str, ...] = ()
    say: str = "Done."
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    refuses: bool = False
    silent: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that was ended in the middle of a request is what the tests are about."""


class ModelServer:
    """Serves a script; the last attempt goes on for ever.

    Attributes:
        requests: every request's path and body, as they came.
    """

    def __init__(self, script: Iterable[Script]) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._script = list(script)
        self._turn = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                _send(self, 200, b'{"object": "list", "data": [], "models": []}', "application/json")

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                model.answer(self, json.loads(content or b"{}"))

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        """One turn of the script, in the wire format that was asked for."""
        self.requests.append((handler.path, body))
        script = self._script[0]
        wire = format_of(handler.path)
        if script.silent:
            self._over.wait()
            return
        if script.status != 200:
            _send(handler, script.status, error_body(wire, script.status), "application/json", script.headers)
            return
        content, kind = encode(wire, self._next(tools_of(body)), handler.path, body)
        _send(handler, 200, content, kind)

    def _next(self, tools: dict[str, dict[str, Any]]) -> Reply:
        tool = next((name for name in SHELL_TOOLS if name in tools), "")
        with self._lock:
            script = self._script[0]
            if script.refuses:
                return Reply(text="I cannot help with that.", refused=True)
            if not tool and tools:
                return Reply(text="ok")
            if not tool or self._turn >= len(script.commands):
                if tool and len(self._script) > 1:
                    del self._script[0]
                    self._turn = 0
                return Reply(text=script.say)
            command = script.commands[self._turn]
            self._turn += 1
            return Reply(
                tool=tool, arguments=_arguments(tools[tool], command), call=f"call_{len(self.requests)}"
            )


def _arguments(schema: dict[str, Any], command: str) -> dict[str, Any]:
    """The command in the words of this tool: every argument that it requires."""
    known = schema.get("properties", {})
    wanted = {"cmd" if "cmd" in known else "command": command}
    fillers = {"description": "Do a step of the task", "is_background": False, "timeout": 60000}
    return wanted | {name: fillers[name] for name in schema.get("required", ()) if name in fillers}


def _send(
    handler: BaseHTTPRequestHandler,
    status: int,
    content: bytes,
    kind: str,
    headers: Sequence[tuple[str, str]] = (),
) -> None:
    try:
        handler.send_response(status)
        for name, value in (*headers, ("Content-Type", kind), ("Content-Length", str(len(content)))):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)
    except ConnectionError:
        pass  # the client has ended
