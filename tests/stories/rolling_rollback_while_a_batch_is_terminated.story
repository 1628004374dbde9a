# What was being terminated is gone; it has to be launched again.
endpoint shop fleet 3
alarm latency OK

at 0s update rolling 1 wait 100s alarms latency
at 170s expect phase terminating step 1
alarm latency ALARM
expect phase rolling_back
expect instances 3 1
expect traffic 66.67 33.33
at 230s expect traffic 100 0
at 245s expect status InService
expect instances 3 0
expect config shop-1
