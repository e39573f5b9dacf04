"""Signing out, known differences, and what takes seconds. Each check is named by a sentence."""

import json
import time

from harness import check, hello_of, last_words, refusal_of, same, survives

# 9. Refresh and the end


@check("refresh gives a successor, and a repeat of the previous token the same one")
def _(world):
    dev = world.phone("Dev")
    first = dev.refresh_token
    successor = dev.refresh()["refresh"]
    same(first == successor, False, "the successor is the old token:")
    same(dev.api.refresh(first).good()["refresh"], successor)
    same(dev.api.me(dev.access).status, 200)


@check("session end closes the live socket with 4401 within 1 s and ends the refresh token")
def _(world):
    carl = world.phone("Carl")
    carl.hello()
    same(carl.api.end(carl.access).status, 204)
    code, bye = carl.wait_end(1)
    same((code, bye["code"]), (4401, "device_ended"))
    same(carl.api.refresh(carl.refresh_token).json["code"], "device_ended")
    same(last_words(world.blank("Carl"), hello_of(carl)), (4401, "device_ended"))


# Differences between the page and the server, reported and not yet settled


@check("resume answers as after hello, and a room that is not named counts as 0")
def _(world):
    blank = world.blank("Sam")
    blank.hello()
    blank.wait_head()
    blank.pages.clear()
    blank.send({"t": "resume", "cursors": {}})
    for _ in blank.rooms():
        blank.wait("page", timeout=1)


@check("a draft that cannot be read is refused with its room and id")
def _(world):
    jo = world.live("Jo")
    draft = jo.draft(jo.room("circle"), "An answer", target="the last one")
    same(json.loads(refusal_of(jo, draft)).get("id"), draft["id"], "the refusal's id is")


# What takes seconds: begun with the world, looked at last


@check("a phone that says no hello in 5 s is closed with 4408 hello_late")
def _(world):
    code, bye = world.late.wait_end(8)
    same((code, bye["code"]), (4408, "hello_late"))


@check("an old refresh token ends the sign-in, and closes with 4401 in 1 s")
def _(world):
    time.sleep(max(0, world.old_since + 10.5 - time.monotonic()))
    old = world.old
    survives(old)
    same(old.api.refresh(world.old_tokens[0]).json["code"], "sign_in_copied")
    begun = time.monotonic()
    code, bye = old.wait_end(2)
    same((code, bye["code"], time.monotonic() - begun < 1), (4401, "sign_in_copied", True))
    same(old.api.refresh(old.refresh_token).json["code"], "sign_in_copied")
    same(old.api.me(old.access).json["code"], "sign_in_copied")


@check("a beat comes in 20 s with the digest of the cursors, and its answer is taken")
def _(world):
    quiet = time.monotonic()
    while not any(at > quiet for at, _, _ in world.beats):
        if time.monotonic() > quiet + 21:
            raise AssertionError("no beat in 21 s")
        time.sleep(0.05)
    _, theirs, mine = world.beats[-1]
    same(mine, theirs)
    said = world.live("Jo").say(world.idle.room("circle"), "Are you there, Bea?")
    until = time.monotonic() + 3
    while world.idle.cursors[said["room"]] < said["seq"] and time.monotonic() < until:
        time.sleep(0.02)
    same(world.idle.cursors[said["room"]], said["seq"], "Bea's cursor is")


@check("a server that is stopped says draining and closes with 1001")
def _(world):
    sam = world.live("Sam")
    world.server.terminate()
    code, bye = sam.wait_end(5)
    same((code, bye["code"]), (1001, "draining"))
    same(world.server.wait(10), 0, "the exit code was")
