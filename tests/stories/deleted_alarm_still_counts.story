# The earlier transitions of an alarm that is deleted count (line 11).
endpoint shop fleet 2
alarm latency OK

at 0s update canary 1 wait 300s alarms latency
alarm latency ALARM at 100s
alarm latency DELETED at 100s
at 110s expect status InService
expect config shop-1
expect reason "went into ALARM state: latency."
