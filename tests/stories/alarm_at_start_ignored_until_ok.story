# The switch: only a later transition to ALARM trips (line 9).
rules alarm_at_start ignore-until-ok
endpoint shop fleet 2
alarm latency ALARM

at 0s update canary 1 wait 300s alarms latency
at 100s expect phase baking step 1
alarm latency OK
at 150s expect phase baking step 1
alarm latency ALARM
expect phase rolling_back
at 160s expect config shop-1

at 1000s update canary 1 wait 300s alarms latency
at 1680s expect status InService
expect config shop-3
