# Wherever a linear deployment stands, blue takes all of it back at once.
endpoint shop fleet 3
alarm latency OK

at 0s update linear 1 wait 100s alarms latency
at 100s alarm latency ALARM
expect traffic 100 0
alarm latency OK
at 110s expect config shop-1

at 1000s update linear 1 wait 100s alarms latency
at 1200s expect phase baking step 2
alarm latency ALARM
expect traffic 100 0
alarm latency OK
at 1210s expect config shop-1

at 2000s update linear 1 wait 100s alarms latency
at 2300s expect phase baking step 3
alarm latency ALARM
expect traffic 100 0
at 2310s expect config shop-1
expect status InService
expect instances 3 0
