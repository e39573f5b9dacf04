// Draws openapi.json as a page. Text is only ever put in as text: no markup is read from anywhere.

const BY_REFERENCE = "#/components/schemas/";

/** An element with attributes and children; a string is a text. */
function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
}

const code = (text) => make("code", {}, text);

/** A table whose cells are texts or elements; nothing when it has no rows. */
function table(caption, heads, rows) {
    if (rows.length === 0) return [];
    const head = heads.map((text) => make("th", { scope: "col" }, text));
    const body = rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell))));
    const grid = make(
        "table",
        { "aria-label": caption },
        make("thead", {}, make("tr", {}, ...head)),
        make("tbody", {}, ...body),
    );
    // What is wider than the screen is moved sideways, with the keyboard too.
    const frame = { class: "wide", tabindex: "0", role: "region", "aria-label": caption };
    return [make("h4", {}, caption), make("div", frame, grid)];
}

/** What a schema is, in words; a named shape as a link to it. */
function kind(schema = {}) {
    if (schema.$ref) {
        const name = schema.$ref.replace(BY_REFERENCE, "");
        return make("a", { href: `#shape-${name}` }, name);
    }
    if (schema.oneOf) return make("span", {}, ...schema.oneOf.flatMap((one) => [kind(one), " "]));
    if (schema.type === "array") return make("span", {}, "list of ", kind(schema.items));
    const types = [schema.type ?? "anything"].flat().filter((type) => type !== "null");
    const format = schema.format ? ` (${schema.format})` : "";
    const range = ["minimum", "maximum"].filter((key) => key in schema);
    const bounds = range.map((key) => `, ${key} ${schema[key]}`).join("");
    return types.join(" or ") + format + bounds;
}

function fields(caption, schema) {
    const needed = new Set(schema.required ?? []);
    const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => [
        code(name),
        kind(field),
        needed.has(name) ? "always" : "may be absent",
        field.description ?? "",
    ]);
    return table(caption, ["Field", "What it is", "When", "Meaning"], rows);
}

function answers(operation) {
    const rows = Object.entries(operation.responses)
        .filter(([status]) => status !== "default")
        .map(([status, answer]) => {
            const [type, content] = Object.entries(answer.content ?? {})[0] ?? ["no body", {}];
            return [status, answer.description, content.schema ? kind(content.schema) : "", type];
        });
    return table("Answers", ["Status", "Meaning", "Shape", "Type"], rows);
}

function refusals(operation, known) {
    const rows = (operation["x-roost-refusals"] ?? []).map((name) => {
        const no = known.get(name);
        return [code(name), String(no.status), no.class, no.words];
    });
    return table("Refusals", ["Code", "Status", "Class", "Words"], rows);
}

function door({ method, path, operation, id }, known) {
    const parameters = (operation.parameters ?? []).map((each) => [
        code(each.name),
        each.in,
        kind(each.schema),
        each.description ?? "",
    ]);
    const body = Object.values(operation.requestBody?.content ?? {})[0];
    const who = `Who may: ${operation["x-roost-who"]}.`;
    const token = operation.security ? " With an access token." : "";
    return make(
        "article",
        { id, "aria-label": `${method} ${path}` },
        make("h3", {}, `${method} ${path}`),
        make("p", {}, [operation.summary, operation.description].filter(Boolean).join(" ")),
        make("p", { class: "quiet" }, who + token),
        ...table("Parameters", ["Name", "Where", "What it is", "Meaning"], parameters),
        ...(body ? [make("h4", {}, "Body"), make("p", {}, kind(body.schema))] : []),
        ...answers(operation),
        ...refusals(operation, known),
    );
}

function shape([name, schema]) {
    const values = schema.enum ? `One of: ${schema.enum.join(", ")}.` : "";
    return make(
        "article",
        { id: `shape-${name}`, "aria-label": name },
        make("h3", {}, name),
        make("p", {}, [schema.description, values].filter(Boolean).join(" ")),
        ...(schema.properties ? fields("Fields", schema) : [make("p", {}, kind(schema))]),
    );
}

function section(title, id, children) {
    return make("section", { "aria-labelledby": id }, make("h2", { id }, title), ...children);
}

function draw(described) {
    const known = new Map(described["x-roost-refusals"].map((no) => [no.code, no]));
    const doors = Object.entries(described.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => {
            const id = `${method}${path.replaceAll(/[^a-z]+/g, "-")}`;
            return { method: method.toUpperCase(), path, operation, id };
        }),
    );
    const groups = new Map(described.tags.map(({ name }) => [name, []]));
    for (const each of doors) {
        const [tag] = each.operation.tags;
        groups.get(tag).push(each);
    }
    const links = doors.map(({ method, path, id }) =>
        make("li", {}, make("a", { href: `#${id}` }, `${method} ${path}`)),
    );
    document.getElementById("about").textContent = described.info.description;
    document.getElementById("contents").append(make("ul", {}, ...links));
    const every = [...known.values()].map((no) => [
        code(no.code),
        String(no.status),
        no.class,
        no.words,
    ]);
    const heads = ["Code", "Status", "Class", "Words"];
    document.getElementById("doors").append(
        ...[...groups].map(([tag, of]) =>
            section(
                tag,
                `group-${tag.toLowerCase().replaceAll(" ", "-")}`,
                of.map((each) => door(each, known)),
            ),
        ),
        section("Shapes", "shapes", Object.entries(described.components.schemas).map(shape)),
        section("Refusals", "refusals", table("Every refusal there is", heads, every)),
    );
}

const state = document.getElementById("state");
try {
    const answer = await fetch("openapi.json");
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    draw(await answer.json());
    state.remove();
} catch (problem) {
    state.textContent = `The description cannot be shown: ${problem.message}`;
}
