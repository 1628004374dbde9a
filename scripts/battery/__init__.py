"""What scripts/kill-loop is made of: clients that keep a log, faults by a seed, and what is held against the log at rest."""
