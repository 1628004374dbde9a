"""What is done to the servers and the database: by a seed, one thing at a time, and never more than they promise to bear."""

import random
import signal
import time

from topology.transactions import stop_in_transaction

STEP_SECS = 0.005


class Faults:
    """Kills, pauses and restarts over a cluster, from the thread that started it."""

    def __init__(self, cluster, seed, every_ms, restart_secs, freeze_secs, frozen_for_secs):
        self.cluster, self.chance = cluster, random.Random(seed)
        self.every_ms, self.restart_secs, self.freeze_secs, self.frozen_for_secs = every_ms, restart_secs, freeze_secs, frozen_for_secs
        self.kills = self.restarts = self.freezes = self.freezes_in_transaction = 0
        self.frozen, self.thaw_at = None, 0.0
        now = time.monotonic()
        self.next_kill = None
        self.next_restart = now + self.chance.uniform(*restart_secs) if cluster.postgres else None
        self.next_freeze = now + self.chance.uniform(1, 3) if len(cluster.replicas) > 1 else None

    def until(self, kills, deadline_secs):
        """Go on until so many servers were killed."""
        deadline = time.monotonic() + deadline_secs
        while self.kills < kills:
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {self.kills} kills in {deadline_secs:.0f} s: the servers do not come back")
            self.cluster.tend()
            self.kill()
            self.freeze()
            self.restart()
            time.sleep(STEP_SECS)

    def kill(self):
        """One that serves. The time to the next kill begins when there is one again."""
        serving = [replica for replica in self.cluster.replicas if replica is not self.frozen and replica.serves()]
        now = time.monotonic()
        if not serving:
            return
        if self.next_kill is None:
            self.next_kill = now + self.chance.uniform(*self.every_ms) / 1000
        if now >= self.next_kill:
            self.chance.choice(serving).kill()
            self.kills, self.next_kill = self.kills + 1, None

    def freeze(self):
        """One is stopped, in the middle of a transaction if one comes by, for longer than the database waits for it; then it
        goes on as if nothing had been."""
        now = time.monotonic()
        if self.frozen and now >= self.thaw_at:
            self.frozen.signal(signal.SIGCONT)
            self.frozen, self.next_freeze = None, now + self.chance.uniform(*self.freeze_secs)
        elif self.next_freeze and not self.frozen and now >= self.next_freeze:
            serving = [replica for replica in self.cluster.replicas if replica.serves()]
            if serving:
                self.frozen = self.chance.choice(serving)
                self.freezes_in_transaction += stop_in_transaction(self.frozen, self.cluster.postgres)
                self.freezes, self.thaw_at = self.freezes + 1, time.monotonic() + self.frozen_for_secs

    def restart(self):
        """The database ends without a shutdown and starts again."""
        if self.next_restart and time.monotonic() >= self.next_restart:
            self.cluster.postgres.crash()
            self.cluster.postgres.start()
            self.restarts += 1
            self.next_restart = time.monotonic() + self.chance.uniform(*self.restart_secs)

    def heal(self, deadline_secs=30):
        """No fault any more: everything runs, or it is an error."""
        if self.frozen:
            self.frozen.signal(signal.SIGCONT)
            self.frozen = None
        deadline = time.monotonic() + deadline_secs
        while not all(replica.serves() for replica in self.cluster.replicas):
            self.cluster.tend()
            if time.monotonic() > deadline:
                raise RuntimeError(f"a server does not come back within {deadline_secs} s")
            time.sleep(STEP_SECS)
