"""What people do: sign in, catch up, talk, come back. Each check is named by a sentence."""

import json
import threading

from client import Phone, new_id
from harness import check, refusal_of, same, whole

# 1. Signing in


@check("looking at a link twice spends nothing")
def _(world):
    phone = Phone(world.base)
    token = world.links["Jo"].split("#")[1]
    first, second = phone.api.look(token), phone.api.look(token)
    same(first.good(), second.good())
    same((first.json["name"], first.json["role"]), ("Jo", "hub"))


@check("accept signs in, and its repeat gives the same person, device and refresh token")
def _(world):
    jo, token = world.phone("Jo"), world.links["Jo"].split("#")[1]
    again = jo.api.accept(token, jo.device, jo.name).good()
    same((again["device"], again["refresh"]), (jo.device, jo.refresh_token))
    same(jo.api.me(jo.access).good()["me"], again["person"])


@check("another device gets enrolment_unusable, and so does a look at a spent link")
def _(world):
    jo, token = world.phone("Jo"), world.links["Jo"].split("#")[1]
    same(jo.api.accept(token, new_id(), "a thief").json["code"], "enrolment_unusable")
    spent = jo.api.look(token)
    same((spent.json["code"], spent.json["class"]), ("enrolment_unusable", "final"))
    same(spent.headers["content-type"], "application/problem+json")


@check("a repeat of accept after the refresh token was used is refused")
def _(world):
    token = world.links["Max"].split("#")[1]
    same(
        world.old.api.accept(token, world.old.device, world.old.name).json["code"],
        "enrolment_unusable",
    )


@check("with cookie the refresh token is an HttpOnly, SameSite=Strict cookie and not in the body")
def _(world):
    phone = Phone(world.base)
    got = phone.api.accept(
        world.links["Tia"].split("#")[1], phone.device, "Tia's browser", cookie=True
    )
    same("refresh" in got.good(), False, "refresh in the body is")
    cookie = got.headers["set-cookie"]
    same([word in cookie for word in ("HttpOnly", "SameSite=Strict")], [True, True], cookie)
    again = phone.api.call(
        "POST", "/api/session/refresh", {}, headers={"Cookie": cookie.split(";")[0]}
    )
    same(again.good()["device"], phone.device)


# 2. Hello and catching up


@check("welcome says the rooms, people and times, and /api/me says the same without t")
def _(world):
    sam = world.phone("Sam")
    welcome = sam.hello()
    same({room["kind"] for room in welcome["rooms"]}, {"circle", "hub_line", "liaison_line"})
    changing = ("t", "now", "retry_ms")
    mine = {key: value for key, value in welcome.items() if key not in changing}
    over_http = {
        key: value
        for key, value in sam.api.me(sam.access).good().items()
        if key not in changing[1:]
    }
    same(over_http, mine)


@check("from cursor 0 the pages of every room run from its floor to its head without a hole")
def _(world):
    sam = world.live("Sam")
    for room, place in sam.rooms().items():
        whole([page for page in sam.pages if page["room"] == room], place["floor"], place["head"])


# 3. Two people


@check("two people talk at once: every ack fits its entry, and both see the same order")
def _(world):
    jo, sam = world.live("Jo"), world.live("Sam")
    room, acks = sam.room("hub_line"), {"Jo": [], "Sam": []}

    def talk(phone, name):
        acks[name] = [phone.say(room, f"{name} says {n}") for n in range(20)]

    talkers = [threading.Thread(target=talk, args=pair) for pair in ((jo, "Jo"), (sam, "Sam"))]
    [talker.start() for talker in talkers]
    [talker.join() for talker in talkers]
    top = max(ack["seq"] for said in acks.values() for ack in said)
    for phone in (jo, sam):
        phone.wait_cursor(room, top)
        for name, said in acks.items():
            same(len(said), 20, f"acks of {name}")
            held = [phone.entries[room][ack["seq"]] for ack in said]
            same([(e["id"], e["at"]) for e in held], [(a["id"], a["at"]) for a in said])
            same([e["body"]["text"] for e in held], [f"{name} says {n}" for n in range(20)])
    shared = [n for n in jo.entries[room] if n in sam.entries[room]]
    same([jo.entries[room][n] for n in shared], [sam.entries[room][n] for n in shared])


@check("a reply names its target, and a target that is not in the room is refused")
def _(world):
    jo, sam = world.live("Jo"), world.live("Sam")
    room = sam.room("hub_line")
    asked = jo.say(room, "Is anyone free for a cuppa?")
    reply = sam.say(room, "Always.", target=asked["id"])
    page = jo.wait("page", room=room, to=reply["seq"])
    same(page["entries"][-1]["target"], asked["id"])
    same(page["entries"][-1]["author"], sam.welcome["me"])
    same(
        json.loads(refusal_of(sam, sam.draft(room, "What?", target=new_id())))["code"],
        "target_unknown",
    )


# 4. Drafts


@check("a draft sent again gets the first ack, on socket and HTTP; another content is refused")
def _(world):
    jo = world.live("Jo")
    room, draft_id = jo.room("circle"), new_id()
    first = jo.say(room, "Once only", id=draft_id)
    same(jo.say(room, "Once only", id=draft_id), first)
    draft = {"id": draft_id, "kind": "message", "body": {"text": "Once only"}}
    over_http = jo.api.append(jo.access, room, draft)
    same(
        (over_http.status, over_http.json),
        (200, {key: first[key] for key in ("room", "id", "seq", "at")}),
    )
    same(jo.api.append(jo.access, room, {**draft, "id": new_id()}).status, 201)
    other = jo.draft(room, "Something else", id=draft_id)
    heard = json.loads(refusal_of(jo, other))
    same((heard["code"], heard["room"], heard["id"]), ("id_reused", room, draft_id))


# 5. Resume


@check("Sam was away while Jo said 250 things, and gets exactly those over several pages")
def _(world):
    jo, sam = world.live("Jo"), world.live("Sam")
    room = sam.room("hub_line")
    stood = jo.say(room, "Off you go then")["seq"]
    sam.wait_cursor(room, stood)
    sam.hang_up()
    said = [jo.say(room, f"While you were out, {n}")["id"] for n in range(250)]
    sam.pages.clear()
    sam.hello()
    sam.wait_head()
    pages = [page for page in sam.pages if page["room"] == room]
    whole(pages, stood + 1, stood + 250)
    same([entry["id"] for page in pages for entry in page["entries"]], said)
    same(len(pages) > 1, True, "more than one page is")


@check("a phone with nothing catches up over several pages and ends with what Sam holds")
def _(world):
    sam, blank = world.live("Sam"), world.blank("Sam")
    blank.hello()
    blank.wait_head()
    same(blank.entries, sam.entries)
    for room, place in blank.rooms().items():
        whole([page for page in blank.pages if page["room"] == room], place["floor"], place["head"])
    blank.hang_up()


@check("a phone of another epoch is sent everything from the floor, whatever its cursors say")
def _(world):
    sam, blank = world.live("Sam"), world.blank("Sam")
    blank.epoch, blank.cursors = new_id(), dict(sam.cursors)
    blank.hello()
    blank.wait_head()
    same(blank.entries, sam.entries)
    blank.hang_up()
