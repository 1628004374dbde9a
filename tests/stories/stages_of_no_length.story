# Everything at one instant, each stage in the history (line 6).
rules activating 0s
rules terminating 0s
rules deleting 0s
endpoint shop fleet 3

at 0s update linear 1 startup 0s
expect status InService
expect config shop-2
expect history warning 0s, launching 1 0s, activating_traffic 1 0s, baking 1 0s, activating_traffic 2 0s, baking 2 0s, activating_traffic 3 0s, baking 3 0s, baking 0s, terminating 3 0s, succeeded 0s
delete
expect gone
