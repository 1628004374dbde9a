# The window ends with the termination wait, not before (line 8).
endpoint shop fleet 2
alarm latency OK

at 0s update all-at-once wait 100s termination 60s alarms latency
at 200s expect phase baking
alarm latency ALARM
expect phase rolling_back
expect traffic 100 0
at 210s expect config shop-1
expect status InService
expect ended rolled_back
