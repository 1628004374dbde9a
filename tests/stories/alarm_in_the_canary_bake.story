# At the instant of the alarm blue has all traffic again and green goes (lines 8, 14, 17, 18).
endpoint shop fleet 3
alarm latency OK
alarm errors OK

at 0s update canary 33% wait 300s termination 60s alarms latency,errors
at 200s alarm errors ALARM
expect phase rolling_back
expect status Updating
expect traffic 100 0
expect instances 3 3
expect config shop-1
expect next 210s
at 210s expect status InService
expect config shop-1
expect instances 3 0
expect reason "The deployment was rolled back because the following alarm(s) went into ALARM state: errors."
expect ended rolled_back
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, rolling_back 200s, rolling_back 200s, rolled_back 210s

# The reason stays until the next accepted update.
at 1000s expect reason "errors"
update plain
expect reason none
