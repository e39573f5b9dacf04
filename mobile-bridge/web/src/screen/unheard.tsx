// What stands in place of a list that is not there yet, or above one that is not fresh.

import { words } from "../words/later.ts";
import type { Asked } from "./ask.ts";

export function Unheard({ asked }: { asked: Asked<unknown> }) {
    const { value, problem, again } = asked;
    if (!problem)
        return value === undefined ? (
            <p class="empty" role="status">
                {words.people.looking}
            </p>
        ) : null;
    return (
        <div class="unheard" role="status" data-testid="unheard">
            <p>{value === undefined ? problem : words.people.stale}</p>
            <button type="button" class="button-plain" onClick={() => void again()}>
                {words.tryAgain}
            </button>
        </div>
    );
}
