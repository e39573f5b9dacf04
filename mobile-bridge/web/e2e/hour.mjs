// The hour that a house and its phones take it for, whatever hour it is here: the young people's
// room is open in the afternoon, and a proof or a picture of it is wanted at any time.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MINUTE_MS = 60_000;

/**
 * What the server and its SQLite ask for the time, put before the library's own: so much later than
 * it is.
 */
const LATER = `
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    long failed = syscall(SYS_clock_gettime, clock, now);
    const char *later_s = getenv("LATER_S");
    if (!failed && clock == CLOCK_REALTIME && later_s) now->tv_sec += atol(later_s);
    return (int)failed;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    int failed = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return failed;
}
`;

/** The library, in a folder that goes when this program ends. */
function compiled() {
    const folder = mkdtempSync(join(tmpdir(), "roost-hour-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const [source, made] = [join(folder, "later.c"), join(folder, "later.so")];
    writeFileSync(source, LATER);
    const { status, stderr } = spawnSync("cc", ["-shared", "-fPIC", "-o", made, source]);
    if (status !== 0) throw new Error(`cc: ${stderr}`);
    return made;
}

/** How much later it is to be for a clock in London to show this minute of the day. */
function later_ms(minute) {
    const parts = { timeZone: "Europe/London", hourCycle: "h23", timeStyle: "short" };
    const [hour, past] = new Intl.DateTimeFormat("en-GB", parts).format().split(":").map(Number);
    return (minute - hour * 60 - past) * MINUTE_MS;
}

/** Runs in the page before anything else: its clock shows what the server's shows. */
function turned(later_ms) {
    const True = Date;
    window.later_ms = later_ms;
    window.Date = class extends True {
        constructor(...given) {
            super(...(given.length > 0 ? given : [True.now() + window.later_ms]));
        }
        static now = () => True.now() + window.later_ms;
    };
}

/** Settings of a house for which it is this minute of the day. */
export function settingsAt(minute) {
    return { LD_PRELOAD: compiled(), ...hourOf(minute) };
}

/** Of a house that has such settings: another minute, from its next start on. */
export function hourOf(minute) {
    return { LATER_S: `${later_ms(minute) / 1_000}` };
}

/** From the next page on the phone shows this minute, too. */
export function turn(context, minute) {
    return context.addInitScript(turned, later_ms(minute));
}
