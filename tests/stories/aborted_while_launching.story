# Before the first traffic too, when no alarm is watched yet; and while it is paused.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s alarms latency
at 10s pause
at 20s abort
expect phase rolling_back
at 30s expect ended rolled_back
expect instances 4 0
