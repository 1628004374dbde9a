# Without a rollback batch everything that is missing comes back at once; traffic follows capacity that is up
# (line 15).
endpoint shop fleet 3
alarm latency OK

at 0s update rolling 1 wait 100s alarms latency
at 250s expect phase baking step 2
expect instances 2 2
expect traffic 33.33 66.67
alarm latency ALARM
expect phase rolling_back
expect instances 3 2
expect traffic 66.67 33.33
expect next 310s
at 310s expect traffic 100 0
expect next 315s
at 325s expect status InService
expect config shop-1
expect instances 3 0
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, terminating 1 165s, launching 2 175s, activating_traffic 2 235s, baking 2 240s, rolling_back 250s, rolling_back 250s, rolling_back 310s, rolling_back 315s, rolled_back 325s

# While all of blue is still up nothing is launched.
at 1000s alarm latency OK
at 1001s update rolling 1 wait 100s alarms latency
at 1100s alarm latency ALARM
expect traffic 100 0
expect instances 3 1
at 1110s expect status InService
expect instances 3 0
