"""The edges: rooms of others, broken frames, the digest, range."""

import json

from client import MAX_FRAME, VERSION, Phone, digest, new_id
from harness import check, hello_of, last_words, refusal_of, same, survives, whole
from websockets.exceptions import InvalidStatus

JUNK = "{"


# 6. A room of others


@check("a foreign room and one that does not exist are refused with the same bytes")
def _(world):
    sam, amara = world.live("Sam"), world.phone("Amara")
    rooms = (amara.api.me(amara.access).good()["rooms"], new_id())
    rooms = (next(room["room"] for room in rooms[0] if room["kind"] == "hub_line"), rooms[1])
    same(rooms[0] in sam.cursors, False, "Sam sees Amara's line:")
    draft_id = new_id()
    for frame in (
        lambda room: {"t": "range", "room": room, "after": 0},
        lambda room: sam.draft(room, "May I come in?", id=draft_id),
    ):
        said = [refusal_of(sam, frame(room)) for room in rooms]
        same(json.loads(said[0])["code"], "not_found")
        same(said[0].replace(rooms[0], rooms[1]), said[1])
    survives(sam)


@check("over HTTP too, status and headers and bytes, reading and writing")
def _(world):
    sam, amara = world.phone("Sam"), world.phone("Amara")
    mine = amara.api.me(amara.access).good()["rooms"]
    rooms = (next(room["room"] for room in mine if room["kind"] == "hub_line"), new_id())
    draft = {"id": new_id(), "kind": "message", "body": {"text": "May I come in?"}}
    for ask in (
        lambda room: sam.api.entries(sam.access, room, after=0),
        lambda room: sam.api.append(sam.access, room, draft),
    ):
        got = [ask(room) for room in rooms]
        same(got[0].json["code"], "not_found")
        same(nameless(got[0]), nameless(got[1]))


def nameless(answer):
    """An answer without its moment and without the id that each request has of its own."""
    headers = [h for h in answer.headers.items() if h[0] not in ("date", "x-request-id")]
    return answer.status, headers, answer.raw.replace(answer.json["request"].encode(), b"?")


# 7. Frames that should not be


@check("every frame of the vectors is read or refused as they say, and the connection lives on")
def _(world):
    jo = world.blank("Jo")
    jo.hello()
    for vector in world.vector("client_frames"):
        frame, code = vector["frame"], vector.get("refused")
        if code == "version_unknown":
            same(last_words(world.blank("Jo"), frame), (4400, code))
        elif code:
            same(json.loads(refusal_of(jo, json.dumps(frame)))["code"], code, f"{frame} gave")
            survives(jo)  # and a good frame forgives: ten bad ones in a row would end it
        elif frame["t"] == "hello":
            same(last_words(world.blank("Jo"), frame), (4401, "sign_in_again"))
        elif frame["t"] in ("append", "range"):  # its room is not of this demo
            same(json.loads(refusal_of(jo, frame))["code"], "not_found")
        else:
            jo.send(frame)
            survives(jo)
    jo.hang_up()


@check("bodies of the vectors: kept as they are, or refused with their code")
def _(world):
    jo = world.live("Jo")
    room = jo.room("circle")
    for vector in world.vector("message"):
        frame = {**jo.draft(room, ""), "body": vector["body"]}
        if "refused" in vector:
            same(json.loads(refusal_of(jo, frame))["code"], vector["refused"])
            continue
        jo.send(frame)
        ack = jo.outcome("ack", room=room, id=frame["id"])
        jo.wait_cursor(room, ack["seq"])
        same(jo.entries[room][ack["seq"]]["body"], json.loads(vector["text"]))
    member = {**jo.draft(room, ""), "kind": "member", "body": world.vector("member")[0]["body"]}
    same(json.loads(refusal_of(jo, member))["class"], "final")


@check("text of 4,000 characters is taken, of 0 or 4,001 or with a control character refused")
def _(world):
    jo = world.live("Jo")
    room = jo.room("circle")
    jo.say(room, "🐦" * 4000)
    jo.say(room, "line\n\tfeed and tab")
    for text in ("", "🐦" * 4001, "bell\a", "return\r"):
        same(json.loads(refusal_of(jo, jo.draft(room, text)))["class"], "final", repr(text[:9]))
    survives(jo)


@check("junk, an unknown frame and a frame of 65,536 bytes leave the connection alive")
def _(world):
    jo = world.live("Jo")
    same(json.loads(refusal_of(jo, JUNK))["code"], "frame_malformed")
    same(json.loads(refusal_of(jo, {"t": "sing"}))["code"], "frame_unknown")
    jo.send(json.dumps({"t": "beat", "digest": digest(jo.cursors, jo.anchors)}).ljust(MAX_FRAME))
    survives(jo)


@check("nine unreadable frames are forgiven when a good one follows; ten in a row close with 4400")
def _(world):
    phone = world.blank("Jo")
    phone.hello()
    for _ in range(2):
        [phone.send(JUNK) for _ in range(9)]
        survives(phone)
    [phone.send(JUNK) for _ in range(10)]
    code, bye = phone.wait_end()
    same((code, bye["code"]), (4400, "frame_malformed"))


@check("a frame over 65,536 bytes closes with 1009, before and after hello")
def _(world):
    for hello in (False, True):
        code, said = last_words(world.blank("Jo"), "x" * (MAX_FRAME + 1), hello=hello)
        # The server resets the connection after it, and that often costs the bye.
        same((code, said or "frame_too_large"), (1009, "frame_too_large"))


@check("binary messages close with 4400")
def _(world):
    for hello in (False, True):
        same(last_words(world.blank("Jo"), b"{}", hello=hello), (4400, "frame_malformed"))


@check("a wrong token is 4401 sign_in_again; a wrong version 4400 version_unknown")
def _(world):
    jo = world.phone("Jo")
    same(last_words(world.blank("Jo"), hello_of(jo, token="not.a.token")), (4401, "sign_in_again"))
    same(last_words(world.blank("Jo"), hello_of(jo, v=VERSION + 1)), (4400, "version_unknown"))


@check("hello twice is 4400 hello_twice; another frame first is 4400 hello_expected")
def _(world):
    jo = world.phone("Jo")
    same(last_words(world.blank("Jo"), hello_of(jo), hello=True), (4400, "hello_twice"))
    beat = {"t": "beat", "digest": digest({})}
    same(last_words(world.blank("Jo"), beat), (4400, "hello_expected"))
    same(last_words(world.blank("Jo"), JUNK), (4400, "frame_malformed"))


@check("a page of another origin is not let in")
def _(world):
    phone = world.blank("Jo")
    phone.dial(origin=world.base)
    phone.hang_up()
    try:
        phone.dial(origin="https://elsewhere.example")
    except InvalidStatus as refused:
        same(refused.response.status_code, 403)
    else:
        raise AssertionError("it was let in")


# 8. The digest


@check("the digest of the vectors")
def _(world):
    for vector in world.vector("digests"):
        same(digest(vector["places"], vector.get("anchors")), vector["digest"])


@check("the client takes every server frame of the vectors, and keeps a kind it does not know")
def _(world):
    phone = Phone(world.base)
    for frame in world.vector("server_frames"):
        if frame["t"] == "page":
            # Whatever lies between the pages of the vectors, this phone has it.
            before = max(phone.cursors.get(frame["room"], 0), frame["from"] - 1)
            phone.cursors[frame["room"]] = before
        if frame["t"] in ("welcome", "page", "bye"):
            getattr(phone, "take_" + frame["t"])(frame)
        if frame["t"] == "page" and frame["from"] == 44:
            room = frame["room"]
            same((phone.cursors[room], phone.entries[room][44]["kind"]), (44, "of_tomorrow"))
    same([len(phone.cards[room]) > 0, phone.cursors[room]], [True, 50])


@check("a reaction and a removal come as cards, and what was removed is forgotten")
def _(world):
    jo = world.live("Jo")
    room = jo.room("circle")
    said = jo.say(room, "who comes on Sunday?")
    about = {**jo.draft(room, "", target=said["id"]), "kind": "reaction", "body": {"emoji": "👍"}}
    jo.send(about)
    jo.wait_cursor(room, jo.outcome("ack", room=room, id=about["id"])["seq"])
    same(list(jo.cards[room][said["id"]]["reactions"].values()), ["👍"])
    gone = {**jo.draft(room, "", target=said["id"]), "kind": "redact", "body": {}}
    jo.send(gone)
    jo.wait_cursor(room, jo.outcome("ack", room=room, id=gone["id"])["seq"])
    card = jo.cards[room][said["id"]]
    same((card["hidden"]["by"], "reactions" in card), ("author", False))
    same("body" in jo.entries[room][said["seq"]], False)


# 10. Range


@check("range after and before give the same pages over HTTP and socket")
def _(world):
    sam = world.live("Sam")
    room = sam.room("hub_line")
    head, floor = sam.cursors[room], sam.rooms()[room]["floor"]
    spans = [
        {"after": 0},
        {"after": 0, "limit": 7},
        {"after": head - 3},
        {"after": head},
        {"after": head + 9},
    ]
    spans += [{"before": head + 1}, {"before": 20, "limit": 5}, {"before": floor}, {"before": 1}]
    for span in spans:
        sam.ask_range(room, **span)
        heard = sam.wait("page", room=room)
        got = sam.api.entries(sam.access, room, **span).good()
        same({**got, "t": "page"}, heard, f"{span} over HTTP")
        same(heard["head"], head)
        if heard["entries"]:
            whole([heard], heard["from"], heard["to"])
            same(
                heard["from"] if "after" in span else heard["to"] + 1,
                max(floor, span["after"] + 1) if "after" in span else span["before"],
                f"{span} begins or ends at",
            )
        else:
            same(heard["to"], heard["from"] - 1)


@check("a limit of 0 or 201 and a range of both or neither side are refused, with the room")
def _(world):
    sam = world.live("Sam")
    room = sam.room("circle")
    for span in (
        {"after": 0, "limit": 0},
        {"after": 0, "limit": 201},
        {"after": 0, "before": 9},
        {},
    ):
        heard = json.loads(refusal_of(sam, {"t": "range", "room": room, **span}))
        same(heard.get("room"), room)
        same(sam.api.entries(sam.access, room, **span).json["code"], heard["code"])
