# The alarms are watched while it is paused.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s alarms latency
at 100s pause
at 5000s alarm latency ALARM
at 5000s expect phase rolling_back
expect traffic 100 0
pause refused "rolls back already"
at 5010s expect ended rolled_back
expect reason "latency"
