// The young people's room says who reads it, and when it opens.

import type { Around } from "../kind/kind.ts";
import { hoursAt, type Hours } from "../kind/hours.ts";
import { mayWrite } from "../kind/may.ts";
import { isElsewhere } from "../kind/zone.ts";
import { words } from "../words.ts";
import { clockOf } from "./minutes.ts";
import { useMinute } from "./parts.tsx";

/** An hour of the constellation's clock, and that it is its own where the phone shows another. */
export function hourWords(minute: number): string {
    const time = clockOf(minute);
    return isElsewhere(Date.now()) ? words.moment.atHome(time) : time;
}

/** When one may write again, as said after "again". */
export function opensWords(hours: Hours & { open: false }): string {
    const { minute, in_days } = hours;
    const time = hourWords(minute);
    // It opens every day.
    return in_days === 0 ? words.peers.todayAt(time) : words.peers.tomorrowAt(time);
}

export function PeersBanner({ around }: { around: Around }) {
    const now = useMinute();
    const worker = [...around.people.values()].find(
        ({ role, left }) => role === "liaison" && !left,
    );
    const young = around.role === "young";
    const readBy = worker ? words.peers.readBy(worker.name) : words.peers.readByNone;
    const hours = hoursAt(now);
    return (
        <div class="banner" data-testid="peers">
            <p>{young ? readBy : words.peers.lookAfter}</p>
            {!mayWrite(around, now) && !hours.open && (
                <p data-testid="closed" role="status">
                    {words.peers.closed(opensWords(hours))}
                </p>
            )}
        </div>
    );
}
