// A tunnel between a phone and its server, for what happens on the way: it can be cut, hang, lead
// to another build of the web app, or to a server that does not speak with this one.

import { createHash } from "node:crypto";
import { createServer, request } from "node:http";
import { once } from "node:events";
import { Transform } from "node:stream";

/** What names the build. */
const NAMING = ["/", "/sw.js"];

/** What a browser says of how it takes a file, or that it has it already. */
const WHOLE = ["accept-encoding", "if-none-match"];

/** RFC 6455 § 1.3. */
const WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const BYE = JSON.stringify({
    t: "bye",
    code: "version_unknown",
    class: "final",
    words: "Please update.",
    after_ms: 0,
    retry_ms: 300,
});

export class Tunnel {
    /** `open`; `cut`: nobody answers; `hang`: requests arrive and nothing comes back. */
    state = "open";
    /** Whether the far end refuses this build's socket. */
    outdated = false;
    /** The far end's build, told as another one when it is above 0. */
    generation = 0;
    /** A header that does not come through, as if the browser did not know it. */
    without = "";
    /** So long each piece of a socket takes, one way: throttling in browsers leaves sockets out. */
    late_ms = 0;
    /** How often a socket was refused. */
    goodbyes = 0;
    #server;
    #ends = new Set();

    constructor(base) {
        this.far = new URL(base);
    }

    async open() {
        this.build = /roost-build" content="(\w+)"/.exec(await (await fetch(this.far)).text())[1];
        this.#server = createServer((asked, answer) => this.#pass(asked, answer));
        this.#server.on("upgrade", (asked, socket) => this.#upgrade(asked, socket));
        this.#server.on("connection", (socket) => {
            if (this.state === "cut") socket.destroy();
            this.#ends.add(socket.on("close", () => this.#ends.delete(socket)));
        });
        this.#server.listen(0, "127.0.0.1");
        await once(this.#server, "listening");
        this.base = `http://127.0.0.1:${this.#server.address().port}`;
    }

    /** A link of the demo, through the tunnel. */
    through(link) {
        return link.replace(this.far.origin, this.base);
    }

    set(state) {
        this.state = state;
        for (const end of this.#ends) end.destroy();
    }

    /** From now on the far end has another build; answers with its name. */
    renew() {
        this.generation += 1;
        return this.#name();
    }

    /** No digest has an "n" in it: no build is called like this by itself. */
    #name() {
        return `${this.build.slice(0, -2)}n${this.generation}`;
    }

    close() {
        this.set("cut");
        this.#server.close();
    }

    #asking({ method, url: path, headers }) {
        const { host, hostname, port, origin } = this.far;
        const own = headers.origin === this.base ? { origin } : {};
        const all = { ...headers, host, ...own };
        // What is told otherwise must come whole, and as text.
        if (this.#renames(path)) for (const name of WHOLE) delete all[name];
        return request({ hostname, port, method, path, headers: all });
    }

    #renames(path) {
        return this.generation > 0 && NAMING.includes(new URL(path, this.base).pathname);
    }

    #pass(asked, answer) {
        if (this.state === "hang") return;
        const asking = this.#asking(asked);
        asking.on("error", () => answer.destroy());
        asking.on("response", (heard) => {
            delete heard.headers[this.without];
            if (this.#renames(asked.url)) this.#rename(heard, answer);
            else heard.pipe(answer.writeHead(heard.statusCode, heard.headers));
        });
        asked.pipe(asking);
    }

    async #rename(heard, answer) {
        let text = "";
        for await (const part of heard.setEncoding("utf8")) text += part;
        const renamed = Buffer.from(text.replaceAll(this.build, this.#name()));
        const headers = { ...heard.headers, "content-length": renamed.length };
        answer.writeHead(heard.statusCode, headers).end(renamed);
    }

    #upgrade(asked, socket) {
        socket.on("error", () => socket.destroy());
        if (this.state === "hang") return;
        if (this.outdated) {
            this.#refuse(asked, socket);
            return;
        }
        const asking = this.#asking(asked);
        asking.on("error", () => socket.destroy());
        asking.on("upgrade", ({ headers }, far) => {
            far.on("error", () => socket.destroy());
            const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
            const head = ["HTTP/1.1 101 Switching Protocols", ...lines, "", ""];
            socket.write(head.join("\r\n"));
            socket.on("close", () => far.destroy());
            far.pipe(this.#late()).pipe(socket).pipe(this.#late()).pipe(far);
        });
        asking.end();
    }

    #late() {
        const after = (act) => setTimeout(act, this.late_ms);
        return new Transform({
            transform(piece, _, next) {
                after(() => this.push(piece));
                next();
            },
            flush: (done) => void after(done),
        });
    }

    /** The goodbye of a server that speaks another version. */
    #refuse({ headers }, socket) {
        this.goodbyes += 1;
        const sum = createHash("sha1").update(headers["sec-websocket-key"] + WEBSOCKET);
        const head = [
            "HTTP/1.1 101 Switching Protocols",
            "upgrade: websocket",
            "connection: upgrade",
            `sec-websocket-accept: ${sum.digest("base64")}`,
        ];
        socket.write(`${head.join("\r\n")}\r\n\r\n`);
        // A text frame and a close frame, each shorter than 126 bytes (RFC 6455 § 5.2).
        socket.write(Buffer.concat([Buffer.from([0x81, BYE.length]), Buffer.from(BYE)]));
        socket.end(Buffer.from([0x88, 2, 4_400 >> 8, 4_400 & 255]));
    }
}
