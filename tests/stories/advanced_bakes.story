# Advance ends the present bake and no other; also a paused one, which goes on by its plan then.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s termination 60s alarms latency
at 100s advance
at 100s expect phase activating_traffic step 2
advance refused "does not bake now"
at 105s expect phase baking step 2
at 110s pause
at 200s advance
at 200s expect phase baking
expect next 260s
at 210s advance
at 210s expect phase terminating
advance refused "Its last bake is over"
at 220s expect ended succeeded
advance refused "It succeeded"
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, advanced 1 100s, activating_traffic 2 100s, baking 2 105s, paused 2 110s, advanced 2 200s, baking 200s, advanced 210s, terminating 2 210s, succeeded 220s
