# The last step bakes and is watched like the others (lines 4, 8).
endpoint shop fleet 3
alarm latency OK

at 0s update canary 33% wait 300s alarms latency
at 370s expect phase baking step 2
at 500s alarm latency ALARM
expect phase rolling_back
expect traffic 100 0
at 510s expect status InService
expect config shop-1
expect instances 3 0
