// The start: opens the store, puts the phone together and draws it.

import { render } from "preact";
import { App } from "./app.tsx";
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

const shown = new Shown();
follow();

const store = await openStore("roost", globalThis.indexedDB);
const phone = new Phone(store, new Session(), shown);
render(<App roost={{ shown, acts: phone }} />, document.getElementById("roost")!);
await phone.begin(route.value.at === "join");

// Asked for quietly: without it a phone short of space may throw away what is not sent yet.
if (store.durable) void navigator.storage?.persist?.().catch(() => undefined);
