"""Runs one PostgreSQL for as long as somebody uses it: a program of its own, which outlives a killed parent.

Every process that uses a private cluster holds a shared lock on one file. A lock ends with its process, however that
process ends, also by SIGKILL, and on Linux as on macOS. The guard waits for the exclusive lock on that file, gets it
when the last user is gone, and then stops PostgreSQL. It imports nothing of ours, so it runs isolated (``python -I``).
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from types import FrameType

STOP_STEPS = ((signal.SIGINT, 6.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))
"""PostgreSQL's fast stop, then its immediate one, then the system's; with the seconds to wait after each."""


def main(arguments: list[str]) -> int:
    """Run ``users_lock guard_lock uid gid command...`` and return the exit code of the command.

    Holds ``guard_lock`` all the while, so that a guarded PostgreSQL can be told from a forsaken one.
    A ``uid`` of -1 means "as I am".
    """
    users_lock, guard_lock, uid, gid, *command = arguments
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, _leave_to_the_users)
    guarding = os.open(guard_lock, os.O_RDWR)
    fcntl.flock(guarding, fcntl.LOCK_EX)
    postgres = _start(command, uid=int(uid), gid=int(gid))
    threading.Thread(target=_stop_after_last_user, args=(users_lock, postgres), daemon=True).start()
    return postgres.wait()


def _leave_to_the_users(signal_number: int, frame: FrameType | None) -> None:
    """Do nothing: who stops a whole service at once must first let its users finish their transactions."""


def _start(command: list[str], *, uid: int, gid: int) -> "subprocess.Popen[bytes]":
    if uid < 0:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, user=uid, group=gid, extra_groups=[])


def _stop_after_last_user(users_lock: str, postgres: "subprocess.Popen[bytes]") -> None:
    using = os.open(users_lock, os.O_RDWR)
    fcntl.flock(using, fcntl.LOCK_EX)
    for step, seconds in STOP_STEPS:
        postgres.send_signal(step)
        try:
            postgres.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
