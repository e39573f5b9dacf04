// The start: opens the store, puts the phone together and draws it.

import { render } from "preact";
import { App } from "./app.tsx";
import { Desk } from "./core/desk.ts";
import { Phone } from "./core/phone.ts";
import { Session } from "./core/session.ts";
import { Shown } from "./core/shown.ts";
import { openStore } from "./core/store.ts";
import { follow, route } from "./route.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/screens.css";
import "./style/room.css";
import "./style/message.css";
import "./style/forms.css";
import "./style/people.css";
import "./style/join.css";

const shown = new Shown();
follow();

const store = await openStore("roost", globalThis.indexedDB);
const session = new Session();
const phone = new Phone(store, session, shown);
const desk = new Desk({
    get: (path) => session.get(path, Date.now()),
    post: (path, body) => session.post(path, body, Date.now()),
});
render(<App roost={{ shown, acts: phone, desk }} />, document.getElementById("roost")!);
await phone.begin(route.value.at === "join");

// Asked for quietly: without it a phone short of space may throw away what is not sent yet.
if (store.durable) void navigator.storage?.persist?.().catch(() => undefined);
