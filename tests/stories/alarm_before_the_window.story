# What happened before the first traffic on green does not count (line 8).
endpoint shop fleet 2
alarm latency OK

at 0s update all-at-once wait 100s alarms latency
at 10s alarm latency ALARM
at 50s expect phase launching
alarm latency OK
at 175s expect status InService
expect config shop-2
