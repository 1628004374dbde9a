# The first step is the whole fleet, with a warning (lines 2, 22), and another that nothing watches it.
endpoint shop fleet 1

at 0s update canary 50% wait 100s
expect says "the first step is the whole fleet"
at 60s expect traffic 0 100
expect phase activating_traffic step 1
at 175s expect status InService
expect history warning 0s, warning 0s, launching 1 0s, activating_traffic 1 60s, baking 1 65s, baking 165s, terminating 1 165s, succeeded 175s
