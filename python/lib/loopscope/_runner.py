"""The link by which a program takes commands: it attaches as its session's runner over `/ws/v1`, in a thread.

In: what the program declares, and receipts. Out: commands, each once: one that comes again is answered by the receipt
that it had. A link that is lost is made again for ever, with longer and longer waits.
"""

from __future__ import annotations

import itertools
import json
import logging
import random
import socket
import threading
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed

from . import _http, _values, _wire
from ._http import Address
from .errors import AuthenticationError

__all__ = ["Runner"]

_LOG = logging.getLogger("loopscope")

ANSWER_TIMEOUT_S = 30.0
MAX_LEDGER = 4_096


class Runner:
    """Attached while its thread runs. `on_command(command, redelivered)` is called on that thread and must not wait."""

    def __init__(
        self,
        address: Address,
        project: str | None,
        session_id: str,
        on_command: Callable[[dict[str, Any], bool], None],
        on_cancelled: Callable[[str], None],
    ) -> None:
        self._address, self._session_id = address, session_id
        # All that is said on the link is of that project.
        self._url = f"{address.ws}/ws/v1" + _http.query(project=project)
        self._on_command, self._on_cancelled = on_command, on_cancelled
        self._declared: dict[str, str | None] = {}
        # What the server was told of them last.
        self._told: list[tuple[str, str | None]] = []
        self._ledger: dict[str, dict[str, Any]] = {}
        self._waiting: dict[str, tuple[threading.Event, list[Any]]] = {}
        self._ids = itertools.count(1)
        self._link: Any = None
        self._stop = threading.Event()
        self.attached = threading.Event()
        # Whether the server may still hold a link of ours that is gone without a word.
        self._was_attached = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="loopscope-runner")
        self._thread.start()

    def declare(self, command: str, label: str | None = None) -> None:
        """Says that the program takes a command of this type. While it is being attached that waits: the server takes a
        second attachment beside the first for another program's."""
        self._declared[command] = label
        link = self._link
        if link is not None and self.attached.is_set():
            self.attached.clear()
            self._send(link, self._attach())

    def receipt(self, command_id: str, status: str, **fields: Any) -> dict[str, Any] | None:
        """Says what became of a command, and waits for the server's word: the command as it stands. None where the
        link was lost: the command comes again."""
        number = f"r{next(self._ids)}"
        frame = {"type": "receipt", "session_id": self._session_id, "command_id": command_id, "status": status}
        frame.update({key: value for key, value in fields.items() if value is not None})
        if status != "acknowledged":
            self._remember(frame)
        answered: tuple[threading.Event, list[Any]] = (threading.Event(), [])
        self._waiting[number] = answered
        link = self._link
        try:
            if link is None or not self._send(link, {**frame, "id": number}):
                return None
            answered[0].wait(ANSWER_TIMEOUT_S)
            if not answered[1]:
                return None
            told: dict[str, Any] = answered[1][0]
            if status == "acknowledged":
                # Not before: a command whose link was lost meanwhile comes again, and is begun then.
                self._remember(frame)
            return told
        finally:
            self._waiting.pop(number, None)

    def stop(self) -> None:
        """Detaches."""
        self._stop.set()
        link = self._link
        if link is not None:
            link.close()
        if self._thread is not threading.current_thread():
            self._thread.join(3.0)

    def _remember(self, frame: dict[str, Any]) -> None:
        self._ledger.setdefault(frame["command_id"], frame)
        if frame["status"] != "acknowledged":
            self._ledger[frame["command_id"]] = frame
        while len(self._ledger) > MAX_LEDGER:
            self._ledger.pop(next(iter(self._ledger)))

    def _run(self) -> None:
        wait_s = 0.1
        while not self._stop.is_set():
            try:
                with _wire.connect_sync(self._url, self._address) as link:
                    self._link = link
                    if self._stop.is_set():
                        return
                    self._send(link, self._attach())
                    for text in link:
                        wait_s = 0.1
                        self._frame(link, json.loads(text))
            except ConnectionClosed:
                pass
            except AuthenticationError as error:
                _LOG.warning("commands are not taken: %s", error)
                wait_s = 30.0
            except Exception as error:
                _LOG.debug("the link for commands is lost: %s", error)
            finally:
                self._link = None
                self.attached.clear()
                for answered, _ in list(self._waiting.values()):
                    answered.set()
            self._stop.wait(wait_s * random.uniform(0.5, 1.0))
            wait_s = min(5.0, wait_s * 2)

    def _attach(self) -> dict[str, Any]:
        self._told = list(self._declared.items())
        commands = [
            {"type": name} if label is None else {"type": name, "label": label}
            for name, label in self._told
        ]
        name = f"python on {socket.gethostname()}"
        return {
            "type": "attach",
            "id": "attach",
            "session_id": self._session_id,
            "name": name,
            "commands": commands,
            "take_over": self._was_attached,
        }

    def _send(self, link: Any, frame: dict[str, Any]) -> bool:
        try:
            link.send(_values.dumps(frame))
        except (ConnectionClosed, OSError):
            return False
        return True

    def _frame(self, link: Any, frame: dict[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "command":
            command = frame["command"]
            told = self._ledger.get(command.get("command_id"))
            if told is None:
                self._on_command(command, bool(frame.get("redelivered")))
            else:
                self._send(link, {**told, "id": "again"})
        elif kind == "command_cancelled":
            self._on_cancelled(str(frame.get("command_id")))
        elif kind == "attached":
            self._was_attached = True
            self.attached.set()
            if self._told != list(self._declared.items()):
                self._send(link, self._attach())
        elif kind == "receipt_taken":
            self._answered(str(frame.get("id")), frame.get("command"))
        elif kind == "detached":
            self.attached.clear()
            self._was_attached = False
            if frame.get("reason") == "taken_over":
                _LOG.warning("another program takes the commands of %s now", self._session_id)
        elif kind == "error":
            said = frame.get("error") or {}
            if frame.get("id") == "attach":
                _LOG.warning("commands of %s are not taken: %s", self._session_id, said.get("message"))
            self._answered(str(frame.get("id")), None)

    def _answered(self, number: str, command: Any) -> None:
        answered = self._waiting.get(number)
        if answered is not None:
            if command is not None:
                answered[1].append(command)
            answered[0].set()
