# While the old fleet is terminated nothing is watched any more (line 8).
endpoint shop fleet 2
alarm latency OK

at 0s update all-at-once wait 100s termination 60s alarms latency
at 230s expect phase terminating
alarm latency ALARM
expect phase terminating
at 234s expect status Updating
at 235s expect status InService
expect config shop-2
expect ended succeeded
