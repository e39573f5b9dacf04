// The start: opens the store, puts the phone together and draws it.

import { render } from "preact";
import { App, Opening } from "./app.tsx";
import { serverNow } from "./core/clock.ts";
import { Desk } from "./core/desk.ts";
import { Phone } from "./core/phone.ts";
import { Session } from "./core/session.ts";
import { Shown } from "./core/shown.ts";
import { openStore } from "./core/store.ts";
import { keepTyped } from "./kind/message/typed.ts";
import { awaitOffer } from "./install.ts";
import { follow, route } from "./route.ts";
import { Shell, type Browser } from "./shell.ts";
import { applySize } from "./textsize.ts";
import { isTyping, isUnkept, watchFields } from "./unkept.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/screens.css";
import "./style/room.css";
import "./style/message.css";
import "./style/poll.css";
import "./style/forms.css";
import "./style/people.css";
import "./style/table.css";
import "./style/codes.css";
import "./style/join.css";
import "./style/settings.css";
import "./style/today.css";
import "./style/wide.css";
import "./style/narrow.css";

const shown = new Shown();
const browser: Browser = {
    workers: navigator.serviceWorker,
    notes: () => sessionStorage,
    hidden: () => document.visibilityState === "hidden",
    unkept: () => isUnkept(shown),
    typing: isTyping,
    reload: () => location.reload(),
    now: Date.now,
};

applySize();
watchFields();
let begun: Phone | undefined;
const shell = new Shell(browser, shown, async () => begun?.settled());
follow();
awaitOffer();
const place = document.getElementById("roost")!;
render(<Opening />, place);

// On its way before anything else: whether this sign-in stands decides what may be shown. Behind a
// link nobody is asked yet.
const invited = route.value.at === "join";
const session = new Session();
const asked = invited ? undefined : session.refresh();
const store = await openStore("roost", () => globalThis.indexedDB, () => void shell.outdated());
const phone = new Phone(store, session, shown, shell);
const desk = new Desk({
    get: (path) => session.get(path, serverNow()),
    post: (path, body) => session.post(path, body, serverNow()),
    over: () => session.over,
});
begun = phone;
const { typed, elsewhere } = shown;
keepTyped({ typed, elsewhere, keep: (room, typing) => phone.keepTyped(room, typing) });
render(<App roost={{ shown, acts: phone, desk }} />, place);
await phone.begin(asked);
document.addEventListener("visibilitychange", () => shell.turned());
void shell.begin();

// Asked for quietly: without it a phone short of space may throw away what is not sent yet.
if (store.durable) void navigator.storage?.persist?.().catch(() => undefined);
