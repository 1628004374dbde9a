"""Databases, replicas and a balancer as processes of this machine, all of which end with the process that made them.

`scripts/with-postgres` and `scripts/cluster` are the commands; tests, the kill loop and benchmarks import it.
"""
