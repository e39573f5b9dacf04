"""A small client for Roost, written from shared/PROTOCOL.md alone.

Needs the PyPI package `websockets`; everything else is the standard library.
`Api` is the HTTP part, `Phone` a device with its sign-in, cursors, entries and socket.
"""

import http.client
import json
import os
import time
import urllib.parse

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

VERSION = 1
MAX_FRAME = 65_536
# The page sets no limit on what the server sends, so neither does this client.
MAX_HEARD = None


def new_id():
    """A UUIDv7 (RFC 9562) as lower-case text: 48 bits of milliseconds, then chance."""
    bits = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def digest(places, anchors=None):
    """32-bit FNV-1a over a line for each room in ascending order (§ 5)."""
    value = 0x811C9DC5
    for room in sorted(places):
        anchor = (anchors or {}).get(room)
        at, chain = anchor.split(".")[:2] if anchor else (None, None)
        chain = f":{chain}" if at == str(places[room]) else ""
        for byte in f"{room}:{places[room]}{chain}\n".encode():
            value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value:08x}"


class Refused(Exception):
    """The server said no: the four fields of § 6, and where it came from."""

    def __init__(self, fields, raw=b"", status=None):
        super().__init__(f"{fields.get('code')}: {fields.get('words')}")
        self.fields, self.raw, self.status = fields, raw, status
        self.code, self.kind = fields.get("code"), fields.get("class")


class Closed(Exception):
    """The server closed the connection; `bye` is its last frame, if it said one."""

    def __init__(self, code, bye):
        super().__init__(f"closed with {code}, bye {bye and bye.get('code')}")
        self.code, self.bye = code, bye


class Silent(Exception):
    """Nothing that was waited for came in time."""


class Answer:
    """What HTTP gave back: the status, the headers, the bytes, and the bytes read as JSON."""

    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw

    @property
    def json(self):
        return json.loads(self.raw)

    def good(self):
        """The JSON of a success; anything else is raised as Refused."""
        if self.status >= 300:
            raise Refused(self.json, self.raw, self.status)
        return self.json if self.raw else None


class Api:
    """The requests of § 1. Every method gives an Answer."""

    def __init__(self, base):
        self.base = base
        self.host = urllib.parse.urlsplit(base).netloc

    def call(self, method, path, body=None, access=None, headers=None):
        headers = dict(headers or {})
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if access is not None:
            headers["Authorization"] = f"Bearer {access}"
        line = http.client.HTTPConnection(self.host, timeout=10)
        try:
            payload = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            line.request(method, path, payload, headers)
            got = line.getresponse()
            return Answer(got.status, got.headers, got.read())
        finally:
            line.close()

    def look(self, token):
        return self.call("POST", "/api/enrolments/look", {"token": token})

    def accept(self, token, device, device_name, cookie=False):
        asked = {"token": token, "device": device, "device_name": device_name, "cookie": cookie}
        return self.call("POST", "/api/enrolments/accept", asked)

    def refresh(self, token):
        return self.call("POST", "/api/session/refresh", {"refresh": token})

    def end(self, access):
        return self.call("POST", "/api/session/end", access=access)

    def me(self, access):
        return self.call("GET", "/api/me", access=access)

    def entries(self, access, room, **span):
        path = f"/api/rooms/{room}/entries?{urllib.parse.urlencode(span)}"
        return self.call("GET", path, access=access)

    def append(self, access, room, draft):
        return self.call("POST", f"/api/rooms/{room}/entries", draft, access)


class Phone:
    """One device: what it keeps over restarts, and its socket while it has one."""

    def __init__(self, base, name="An outsider's phone"):
        self.api, self.name, self.device = Api(base), name, new_id()
        self.access = self.refresh_token = self.epoch = self.welcome = None
        self.cursors, self.entries, self.cards, self.pages = {}, {}, {}, []
        self.anchors = {}  # what the server said of the newest entry of each room
        self.socket = self.bye = self.heard = None
        self.beats_apart = 0

    # Signing in

    def join(self, link):
        token = urllib.parse.urlsplit(link).fragment
        return self.keep(self.api.accept(token, self.device, self.name).good())

    def keep(self, sign_in):
        self.refresh_token = sign_in.get("refresh")  # the successor first, then the old one is gone
        self.access = sign_in["access"]
        return sign_in

    def refresh(self):
        return self.keep(self.api.refresh(self.refresh_token).good())

    # The connection

    def dial(self, origin=None):
        """Connects and says nothing yet."""
        url = "ws" + self.api.base.removeprefix("http") + "/ws"
        self.socket = connect(
            url, origin=origin, ping_interval=None, max_size=MAX_HEARD, close_timeout=2
        )
        self.bye = None

    def hello(self):
        """Connects, signs on with the cursors, and waits for the welcome."""
        self.dial()
        said = {"t": "hello", "v": VERSION, "token": self.access, "cursors": self.cursors}
        said["anchors"] = self.anchors
        if self.epoch:
            said["epoch"] = self.epoch
        self.send(said)
        return self.wait("welcome")

    def hang_up(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def send(self, frame):
        """A frame as JSON; str goes as it is, bytes as a binary message."""
        raw = isinstance(frame, (str, bytes))
        try:
            self.socket.send(frame if raw else json.dumps(frame, ensure_ascii=False))
        except ConnectionClosed:
            pass  # what the server said last is still to be read

    def hear(self, timeout=5.0):
        """Takes in one frame and gives it back."""
        try:
            self.heard = self.socket.recv(timeout=timeout)
        except TimeoutError:
            raise Silent(f"nothing in {timeout} s") from None
        except ConnectionClosed as end:
            raise Closed(end.rcvd.code if end.rcvd else None, self.bye) from None
        frame = json.loads(self.heard)
        take = getattr(self, "take_" + str(frame.get("t")), None)
        if take:
            take(frame)
        return frame

    def wait(self, t, timeout=5.0, **fields):
        """Takes in frames until one is a `t` with these fields."""
        until = time.monotonic() + timeout
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise Silent(f"no {t} {fields} in {timeout} s")
            frame = self.hear(left)
            if frame.get("t") == t and all(frame.get(k) == v for k, v in fields.items()):
                return frame

    def wait_end(self, timeout=5.0):
        """Takes in frames until the server closes; gives the close code and the bye."""
        try:
            while True:
                self.hear(timeout)
        except Closed as end:
            return end.code, end.bye

    def wait_head(self, timeout=10.0):
        """Takes in frames until no room of the welcome is behind its head."""
        until = time.monotonic() + timeout
        while any(self.cursors[room] < place["head"] for room, place in self.rooms().items()):
            self.hear(max(0.01, until - time.monotonic()))

    def wait_cursor(self, room, seq, timeout=10.0):
        """Takes in frames until nothing is missing up to `seq`."""
        until = time.monotonic() + timeout
        while self.cursors[room] < seq:
            self.hear(max(0.01, until - time.monotonic()))

    # What the server says

    def rooms(self):
        return {place["room"]: place for place in self.welcome["rooms"]}

    def room(self, kind):
        return next(place["room"] for place in self.welcome["rooms"] if place["kind"] == kind)

    def take_welcome(self, frame):
        if self.epoch and self.epoch != frame["epoch"]:
            self.cursors, self.anchors, self.entries, self.cards = {}, {}, {}, {}
        self.epoch, self.welcome = frame["epoch"], frame
        listed = self.rooms()
        for room in [room for room in self.cursors if room not in listed]:
            del self.cursors[room]
            self.anchors.pop(room, None)
            self.entries.pop(room, None)
        for room, place in listed.items():
            # Nothing below the floor can be missing here.
            self.cursors[room] = max(self.cursors.get(room, 0), place["floor"] - 1)
            self.entries.setdefault(room, {})

    def take_page(self, frame):
        self.pages.append(frame)
        room = frame["room"]
        if room not in self.cursors:
            return
        self.rooms()[room]["head"] = max(self.rooms()[room]["head"], frame["head"])
        for entry in frame["entries"]:
            self.entries[room].setdefault(entry["seq"], entry)
        cards = self.cards.setdefault(room, {})
        for card in frame.get("cards", []):
            if card["at_seq"] > cards.get(card["target"], {"at_seq": 0})["at_seq"]:
                cards[card["target"]] = card
            if "hidden" in card:
                for entry in self.entries[room].values():
                    if entry["id"] == card["target"]:
                        entry.pop("body", None)
        if "anchor" in frame and frame["to"] == max(self.entries[room]):
            self.anchors[room] = frame["anchor"]
        self.beats_apart = 0
        while self.cursors[room] + 1 in self.entries[room]:
            self.cursors[room] += 1
        if frame["entries"] and max(self.entries[room]) > self.cursors[room]:
            self.ask_range(room, after=self.cursors[room])  # there is a gap

    def take_beat(self, frame):
        mine = digest(self.cursors, self.anchors)
        self.beats_apart = self.beats_apart + 1 if frame["digest"] != mine else 0
        self.send({"t": "beat", "digest": mine})
        if self.beats_apart == 2:
            self.beats_apart = 0
            self.send({"t": "resume", "cursors": self.cursors, "anchors": self.anchors})

    def take_bye(self, frame):
        self.bye = frame

    # What the phone says

    def draft(self, room, text, target=None, id=None):
        frame = {
            "t": "append",
            "room": room,
            "id": id or new_id(),
            "kind": "message",
            "body": {"text": text},
        }
        if target:
            frame["target"] = target
        return frame

    def say(self, room, text, target=None, id=None):
        """Sends a message and waits until it is on disk; gives the ack."""
        frame = self.draft(room, text, target, id)
        self.send(frame)
        return self.outcome("ack", room=room, id=frame["id"])

    def ask_range(self, room, **span):
        self.send({"t": "range", "room": room, **span})

    def outcome(self, t, timeout=5.0, **fields):
        """Like wait, but a refusal with these fields is raised."""
        until = time.monotonic() + timeout
        while True:
            frame = self.hear(max(0.01, until - time.monotonic()))
            if any(frame.get(k) != v for k, v in fields.items()):
                continue
            if frame["t"] == "refused":
                raise Refused(frame)
            if frame["t"] == t:
                return frame
