# One step and one bake; a termination wait of nothing still appears in the history (lines 2, 4, 6).
endpoint shop fleet 2

at 0s update all-at-once wait 120s
expect instances 2 2
at 60s expect phase activating_traffic step 1
expect traffic 0 100
at 65s expect phase baking step 1
at 184.999s expect phase baking
at 185s expect phase terminating step 1
expect instances 2 2
at 195s expect status InService
expect config shop-2
expect instances 2 0
expect history warning 0s, launching 1 0s, activating_traffic 1 60s, baking 1 65s, baking 185s, terminating 1 185s, succeeded 195s
