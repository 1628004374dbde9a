# An alarm that has no data during a whole bake cannot end the deployment; the history says so once (line 10).
endpoint shop fleet 3
alarm latency INSUFFICIENT_DATA
alarm errors INSUFFICIENT_DATA

at 0s update canary 33% wait 300s termination 60s alarms latency,errors
at 100s alarm errors OK
at 364.999s expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s
at 365s expect says "The alarm latency was in INSUFFICIENT_DATA during the whole bake"
at 740s expect status InService
expect config shop-2
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, warning 1 365s, activating_traffic 2 365s, baking 2 370s, baking 670s, terminating 2 730s, succeeded 740s
