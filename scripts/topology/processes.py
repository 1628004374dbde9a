"""Processes that end with ours, and ports that stay free for them."""

import ctypes
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys

PR_SET_PDEATHSIG = 1
STOP_SECS = 10


def ended_with_us(number=signal.SIGTERM):
    """A `preexec_fn`: however this process ends, the child gets the signal. Linux only; elsewhere a killed script
    leaves its children. The signal comes when the thread that started the child ends, so that thread must stay."""
    def set_signal():
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    return set_signal


def first_ephemeral_port():
    """Where the ports begin from which outgoing connections take theirs."""
    try:
        return int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32768


def free_port():
    """A port of the loopback that nobody has, and that no outgoing connection will take while its server is down."""
    lowest, highest = 10_000, max(first_ephemeral_port(), 11_000)
    while True:
        port = random.SystemRandom().randrange(lowest, highest)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def stop(process, number=signal.SIGTERM):
    """End a child by this signal; killed if it takes longer than ten seconds."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(STOP_SECS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def pass_signals_to(child):
    """A signal to this script goes to the command that it runs, and ends us by the command's end."""
    def pass_on(number, _frame):
        if child.poll() is None and number != signal.SIGINT:
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)


def end_by_signal():
    """Let a signal end this script by way of its `finally`."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _frame: sys.exit(128 + n))


def exit_code(returncode):
    """What a shell makes of the way a command has ended."""
    return returncode if returncode >= 0 else 128 - returncode


def environment(settings=None, without=()):
    """Our environment, less the variables that begin so, with these settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith(tuple(without))} | (settings or {})
