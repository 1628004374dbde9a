# Equal steps, each with its own bake (lines 2 to 4).
endpoint shop fleet 3
alarm latency OK

at 0s update linear 33% wait 100s alarms latency
at 60s expect traffic 66.67 33.33
expect phase activating_traffic step 1
at 165s expect traffic 33.33 66.67
expect phase activating_traffic step 2
at 270s expect traffic 0 100
expect instances 3 3
at 385s expect status InService
expect config shop-2
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, activating_traffic 2 165s, baking 2 170s, activating_traffic 3 270s, baking 3 275s, baking 375s, terminating 3 375s, succeeded 385s
