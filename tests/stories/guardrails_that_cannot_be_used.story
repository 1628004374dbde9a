# Excluded features: all at once without a bake and without alarms, and the history says so (line 24).
endpoint shop fleet 3
alarm latency OK

at 0s update canary 33% wait 300s alarms latency excluded "the variant main runs on ml.inf1.xlarge"
expect says "Guardrails cannot be used: the variant main runs on ml.inf1.xlarge."
at 60s expect traffic 0 100
alarm latency ALARM
at 75s expect status InService
expect config shop-2
expect history warning 0s, launching 1 0s, activating_traffic 1 60s, baking 1 65s, baking 65s, terminating 1 65s, succeeded 75s
