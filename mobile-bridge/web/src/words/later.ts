// The words of the screens that are fetched when they are opened, beside those that everybody has:
// people and their desk, and one's own account.

import { words as everywhere } from "../words.ts";
import { acts, home, invite, link, people, table, two } from "./people.ts";
import { you } from "./you.ts";
import { language, quiet, receipts, text } from "./settings.ts";

export const words = {
    ...everywhere,
    people,
    invite,
    link,
    desk: acts,
    table,
    two,
    home,
    you,
    quiet,
    receipts,
    text,
    language,
} as const;
