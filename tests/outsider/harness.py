"""What the checks share: their list, the demo's world, and ways to compare."""

import json
import threading
import time

from client import VERSION, Phone, digest

CHECKS = []


def check(name):
    """Lists a function under the sentence that it shows to be true."""
    return lambda function: CHECKS.append((name, function))


def same(got, wanted, what="got"):
    if got != wanted:
        raise AssertionError(f"{what} {got!r}, wanted {wanted!r}")


class World:
    """The demo, its people, and what has to run for seconds beside the other checks."""

    def __init__(self, demo, vectors, server):
        self.base, self.server, self.vectors = demo["base"], server, vectors
        self.links = {person["name"]: person["link"] for person in demo["personas"]}
        self.people = {}
        self.late = Phone(self.base)
        self.late.dial()
        self.late_since = time.monotonic()
        self.old = self.phone("Max")
        self.old_tokens = [self.old.refresh_token]
        for _ in range(2):
            self.old_tokens.append(self.old.refresh()["refresh"])
        self.old_since = time.monotonic()
        self.old.hello()
        self.beats, self.quiet_since = [], None
        self.idle = self.phone("Bea")
        self.idle.hello()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        """Bea's phone lies on the table and answers beats."""
        try:
            while True:
                frame = self.idle.hear(30)
                if frame["t"] == "beat":
                    self.beats.append(
                        (
                            time.monotonic(),
                            frame["digest"],
                            digest(self.idle.cursors, self.idle.anchors),
                        )
                    )
        except Exception as end:
            self.beats.append((time.monotonic(), None, repr(end)))

    def phone(self, name):
        """The phone of this person, signed in once."""
        if name not in self.people:
            self.people[name] = Phone(self.base, f"{name}'s phone")
            self.people[name].join(self.links[name])
        return self.people[name]

    def blank(self, name):
        """A phone that holds nothing yet, with this person's access."""
        phone = Phone(self.base)
        phone.access = self.phone(name).access
        return phone

    def live(self, name):
        """This person's phone, connected and at the head."""
        phone = self.phone(name)
        if phone.socket is None:
            phone.hello()
        phone.wait_head()
        return phone

    def vector(self, name):
        return json.loads((self.vectors / f"{name}.json").read_text())


def refusal_of(phone, frame):
    """The bytes of the refusal of this frame."""
    phone.send(frame)
    while True:
        said = phone.hear()["t"]
        if said in ("refused", "ack"):
            same(said, "refused", phone.heard)
            return phone.heard


def last_words(phone, *frames, hello=False):
    """How the server closes on these frames: the close code, and the code of the bye."""
    phone.hello() if hello else phone.dial()
    for frame in frames:
        phone.send(frame)
    code, bye = phone.wait_end()
    return code, bye and bye["code"]


def whole(pages, first, head):
    """Pages that follow each other from `first` to `head`, and nothing missing in them."""
    for page in pages:
        same(page["from"], first, "a page from")
        same(
            [entry["seq"] for entry in page["entries"]],
            list(range(first, page["to"] + 1)),
            "a page holds",
        )
        first = page["to"] + 1
    same(first, head + 1, "the pages end before")


def hello_of(phone, **other):
    return {"t": "hello", "v": VERSION, "token": phone.access, "cursors": {}, **other}


def survives(phone):
    """The connection still answers."""
    room = phone.room("circle")
    phone.ask_range(room, after=0, limit=1)
    same(phone.wait("page", room=room, to=1)["from"], 1)
