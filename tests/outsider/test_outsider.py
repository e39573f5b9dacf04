#!/usr/bin/env python3
"""Runs the outsider's client against `roost demo` and prints one line for each thing it shows.

python3 tests/outsider/test_outsider.py    (needs `websockets`; ROOST_BIN: another binary)
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

try:
    import websockets  # noqa: F401
except ImportError:
    sys.exit("The package `websockets` is missing: pip install websockets")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import checks_talk  # noqa: E402,F401  (these three fill CHECKS)
import checks_edges  # noqa: E402,F401
import checks_ends  # noqa: E402,F401
from harness import CHECKS, World  # noqa: E402

REPO = HERE.parent.parent
BINARY = pathlib.Path(os.environ.get("ROOST_BIN", REPO / "target/debug/roost"))
# One machine is everybody here, and says in a second what people say in a day.
AMPLE = {
    f"ROOST_LIMITS__{limit}": "1000000000"
    for limit in (
        *("FRAMES_A_MINUTE", "FRAMES_BURST", "SOCKETS_A_PERSON"),
        *("REQUESTS_A_MINUTE", "REQUESTS_BURST"),
        *("SIGN_INS_A_MINUTE", "SIGN_INS_BURST"),
        *("GUESSES_IPV4_32", "GUESSES_IPV4_24", "GUESSES_OF_ALL"),
        *("CONNECTIONS_AN_ADDRESS", "CONNECTIONS"),
    )
}


def demo_of(folder, server):
    """What the demo wrote about itself, as soon as it is whole."""
    until = time.monotonic() + 15
    while time.monotonic() < until and server.poll() is None:
        try:
            return json.loads((folder / "demo.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.05)
    raise SystemExit(f"the demo did not start; its last words are in {folder.parent / 'log'}")


def run(world):
    passed = failed = 0
    for name, check in CHECKS:
        try:
            check(world)
        except Exception as error:  # every failure is a line, and the next check still runs
            why = f"{type(error).__name__}: {error}".splitlines()[0][:300]
            print(f"FAILED  {name} ({why})", flush=True)
            failed += 1
        else:
            print(f"passed  {name}", flush=True)
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return failed == 0


def main():
    if not BINARY.is_file():
        print(f"No binary at {BINARY}: build it with `cargo build`, or set ROOST_BIN.")
        return 1
    with tempfile.TemporaryDirectory(prefix="roost-outsider-") as folder:
        folder = pathlib.Path(folder)
        data = folder / "data"
        with open(folder / "log", "wb") as log:
            arguments = [str(BINARY), "demo", "--data", str(data), "--port", "0"]
            environment = os.environ | AMPLE
            server = subprocess.Popen(arguments, stdout=log, stderr=log, env=environment)
        guard = threading.Timer(90, server.kill)
        guard.daemon = True
        guard.start()
        try:
            demo = demo_of(data, server)
            return 0 if run(World(demo, REPO / "shared/vectors", server)) else 1
        finally:
            guard.cancel()
            if server.poll() is None:
                server.terminate()
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


if __name__ == "__main__":
    sys.exit(main())
