# Counted from the update; a timeout that cannot suffice is accepted and noted (line 19).
endpoint shop fleet 3

at 0s update canary 33% wait 300s timeout 600s
expect says "MaximumExecutionTimeoutInSeconds (600) cannot suffice"
expect next 60s
at 370s expect next 600s
at 599.999s expect phase baking step 2
at 600s expect phase rolling_back
expect traffic 100 0
at 610s expect status InService
expect config shop-1
expect instances 3 0
expect reason "The deployment was rolled back because it did not finish within MaximumExecutionTimeoutInSeconds (600)."
expect history warning 0s, warning 0s, launching 1 0s, activating_traffic 1 60s, baking 1 65s, activating_traffic 2 365s, baking 2 370s, rolling_back 600s, rolling_back 600s, rolled_back 610s
