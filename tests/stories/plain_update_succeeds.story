# Without a deployment config everything shifts at once and nothing bakes.
endpoint shop fleet 2

at 0s update plain fleet 3
expect instances 2 3
at 75s expect status InService
expect instances 3 0
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, baking 65s, terminating 1 65s, succeeded 75s
