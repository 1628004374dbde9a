# By default an alarm that is not there cannot end a deployment, and the history says so (line 11).
endpoint shop fleet 2
alarm errors OK

at 0s update canary 1 wait 300s alarms latency,errors
at 60s expect says "latency does not exist"
at 100s alarm errors DELETED
expect says "errors does not exist"
at 680s expect status InService
expect config shop-2
expect history launching 1 0s, activating_traffic 1 60s, warning 60s, baking 1 65s, warning 100s, activating_traffic 2 365s, baking 2 370s, baking 670s, terminating 2 670s, succeeded 680s
