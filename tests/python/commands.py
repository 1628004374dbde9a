"""The commands that ask a running server, run as their users run them: as a process, in an environment that names it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pyte

from server import binary, clean_environment

DEADLINE_SECS = 30


def environment_of(world, **more):
    """The environment of somebody who works with this world."""
    ours = {"SAGEBRUSH_URL": world.server.url, "AWS_ACCESS_KEY_ID": world.account, "AWS_DEFAULT_REGION": world.region}
    others = {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "no_color", "term", "test_server_mode"}
    clean = {name: value for name, value in clean_environment().items() if name.lower() not in others}
    return {name: value for name, value in (clean | ours | more).items() if value is not None}


def sagebrush(world, *words, **more):
    """A command that has ended: its exit code and what it printed."""
    return subprocess.run([binary(), *map(str, words)], capture_output=True, text=True, timeout=60,
                          env=environment_of(world, **more))


def said(world, *words, **more):
    """What a command printed that did its work."""
    done = sagebrush(world, *words, **more)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def refused(world, *words, **more):
    """The sentence of a command that did not."""
    done = sagebrush(world, *words, **more)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


class Piped:
    """A command whose output somebody reads through a pipe."""

    def __init__(self, world, *words, **more):
        self.process = subprocess.Popen([binary(), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment_of(world, **more))
        self.text = self.errors = ""

    def until(self, part):
        """Reads until that is in what was printed."""
        read_until(self.process.stdout.fileno(), lambda piece: self._take(piece), lambda: part in self.text)

    def _take(self, piece):
        self.text += piece.decode()

    def stop_reading(self):
        """The pipe is broken from now on."""
        self.process.stdout.close()
        self.process.stdout = None

    def end(self):
        """Its exit code, when it has ended by itself."""
        rest, errors = self.process.communicate(timeout=DEADLINE_SECS)
        self._take(rest or b"")
        self.errors = errors.decode()
        return self.process.returncode


class Terminal:
    """A command on a terminal of its own, in which something stands already."""

    def __init__(self, world, *words, columns=100, lines=40, **more):
        self.screen = pyte.HistoryScreen(columns, lines)
        self._stream, self.bytes = pyte.ByteStream(self.screen), b""
        self._stream.feed(b"$ what stood there before\r\n")
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = environment_of(world, **({"TERM": "xterm-256color"} | more))
        self.process = subprocess.Popen([binary(), *words], stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)

    def until(self, part):
        """Reads until that stands on the screen."""
        read_until(self._master, self._take, lambda: part in self.shown())

    def _take(self, piece):
        self.bytes += piece
        self._stream.feed(piece)

    def shown(self):
        """The lines of the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def interrupt(self):
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def end(self):
        """Its exit code, when it has ended by itself; everything that it wrote is read."""
        deadline = time.monotonic() + DEADLINE_SECS
        while piece := read_some(self._master, deadline):
            self._take(piece)
        os.close(self._master)
        return self.process.wait(timeout=DEADLINE_SECS)


def read_some(source, deadline):
    """The next bytes; none at the end."""
    ready, _, _ = select.select([source], [], [], max(0, deadline - time.monotonic()))
    assert ready, "nothing was printed in time"
    try:
        return os.read(source, 65536)
    except OSError:  # The other side of a terminal is gone.
        return b""


def read_until(source, take, done):
    deadline = time.monotonic() + DEADLINE_SECS
    while not done():
        piece = read_some(source, deadline)
        assert piece, "it ended before that was printed"
        take(piece)
