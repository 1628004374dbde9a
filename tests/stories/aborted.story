# Abort rolls back as an alarm would, at that instant.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s alarms latency
at 100s abort
expect phase rolling_back
expect traffic 100 0
expect status Updating
abort refused "rolls back already"
at 110s expect status InService
expect config shop-1
expect ended rolled_back
expect reason "The deployment was rolled back because it was aborted."
abort refused "It ended"
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, rolling_back 100s, rolling_back 100s, rolled_back 110s
