# Line 10.
endpoint shop fleet 2
alarm latency INSUFFICIENT_DATA

at 0s update canary 1 wait 300s alarms latency
at 100s alarm latency OK
at 110s alarm latency INSUFFICIENT_DATA
at 680s expect status InService
expect config shop-2
