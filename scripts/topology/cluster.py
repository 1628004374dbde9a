"""The whole topology of docker-compose.yml: a database, replicas on it, a balancer before them."""

import http.client
import time
import urllib.parse

from topology.balancer import Balancer
from topology.postgres import Postgres
from topology.processes import stop
from topology.replica import Replica

START_DEADLINE_SECS = 60


def healthy(url):
    """Whether whoever is there says that it can do its work."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=2)
    try:
        connection.request("GET", "/_sagebrush/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Cluster:
    """Started when made; `tend` it while it lives, and `stop` it. Without `database_url` it has a PostgreSQL of its own."""

    def __init__(self, room, replicas=3, clock="real", database_url=None, postgres="auto", durable=False, settings=None):
        self.room, self.postgres, self.balancer, self.replicas = room, None, None, []
        try:
            self.postgres = None if database_url else Postgres(room, postgres, durable)
            self.database_url = database_url or self.postgres.url
            variables = {"SAGEBRUSH_DATABASE_URL": self.database_url, "SAGEBRUSH_CLOCK": clock} | (settings or {})
            self.replicas = [Replica(f"replica{number}", room, variables) for number in range(1, replicas + 1)]
            for replica in self.replicas:
                replica.start()
            self.wait("the replicas serve", lambda: all(replica.serves() for replica in self.replicas))
            self.balancer = Balancer(room, [replica.address for replica in self.replicas])
            self.wait("the balancer passes requests on", lambda: healthy(self.balancer.url))
        except BaseException:
            self.stop()
            raise

    def wait(self, what, condition, deadline_secs=START_DEADLINE_SECS):
        """Until it comes true; in time, or with the last words of everybody."""
        deadline = time.monotonic() + deadline_secs
        while not condition():
            if time.monotonic() > deadline or any(replica.process.poll() for replica in self.replicas if replica.starts == 1):
                raise RuntimeError(f"not in time: {what}\n" + "\n".join(f"{r.name}: {r.last_words()}" for r in self.replicas))
            time.sleep(0.01)

    @property
    def url(self):
        return self.balancer.url

    def tend(self):
        """Start again what has ended, as `restart: unless-stopped` does; true if something was started."""
        return any([replica.tend() for replica in self.replicas])

    def state(self):
        """Who is where."""
        return {
            "url": self.url, "database_url": self.database_url, "balancer": {"pid": self.balancer.process.pid},
            "replicas": [{"name": r.name, "url": r.url, "pid": r.pid} for r in self.replicas],
            "postgres": {"pid": self.postgres.process.pid, "data": str(self.postgres.data)} if self.postgres else None}

    def stop_servers(self):
        """End the balancer and the replicas, those that ask before those that answer."""
        if self.balancer:
            stop(self.balancer.process)
        for replica in self.replicas:
            if replica.process:
                replica.stop()

    def stop(self):
        """End everything."""
        self.stop_servers()
        if self.postgres:
            self.postgres.stop()
