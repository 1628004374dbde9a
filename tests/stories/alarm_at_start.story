# The traffic has moved, and the look at that instant trips: two events, one time (line 9).
endpoint shop fleet 2
alarm latency ALARM

at 0s update canary 1 wait 300s alarms latency
at 59s expect phase launching
at 60s expect phase rolling_back
expect traffic 100 0
at 70s expect status InService
expect config shop-1
expect history launching 1 0s, activating_traffic 1 60s, rolling_back 60s, rolling_back 60s, rolled_back 70s
