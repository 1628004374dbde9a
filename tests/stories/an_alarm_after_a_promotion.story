# A promoted update is still guarded until its old fleet goes.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s termination 600s alarms latency
at 100s promote
at 103s alarm latency ALARM
at 103s expect phase rolling_back
at 113s expect ended rolled_back
