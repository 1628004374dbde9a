"""Which process is in the middle of a transaction, by what PostgreSQL shows of its connections; Linux only.

A connection's server process has its client's port and what it does in its title; a client's ports are those of its
sockets. So no connection to the database is needed, which may be gone or just coming up.
"""

import os
import pathlib
import re
import signal
import time

# Time for a statement that runs to end, so that its connection shows what its client left it in.
SETTLE_SECS = 0.004


def idle_in_transaction(postgres_pid):
    """The ports of clients whose connection waits for the next statement of a transaction."""
    ports = set()
    for child in children(postgres_pid):
        try:
            title = pathlib.Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if found := re.search(r"\((\d+)\) idle in transaction", title):
            ports.add(int(found.group(1)))
    return ports


def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def ports(pid):
    """The local ports of a process's TCP sockets."""
    sockets = set()
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(os.readlink(descriptor))
        except OSError:
            continue
    lines = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(line[1].rsplit(":", 1)[1], 16) for line in lines if f"socket:[{line[9]}]" in sockets}


def in_transaction(pid, postgres_pid):
    try:
        return bool(idle_in_transaction(postgres_pid) & ports(pid))
    except OSError:
        return False


def stop_in_transaction(replica, postgres, tries=100):
    """Stop the replica in the middle of a transaction, if one comes by; true if it was. It is stopped in either case."""
    for _ in range(tries):
        replica.signal(signal.SIGSTOP)
        time.sleep(SETTLE_SECS)
        if in_transaction(replica.pid, postgres.process.pid):
            return True
        replica.signal(signal.SIGCONT)
        time.sleep(SETTLE_SECS)
    replica.signal(signal.SIGSTOP)
    return False
