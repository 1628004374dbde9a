# A pause stops the countdown of a bake, and it goes on with what was left; traffic stays where it is.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s termination 60s alarms latency
at 100s expect phase baking step 1
expect next 365s
pause
expect phase baking step 1
expect status Updating
expect next 14400s
pause refused "paused already"
at 10000s expect phase baking step 1
expect traffic 75 25
resume
resume refused "not paused"
expect next 10265s
at 10264.999s expect phase baking step 1
at 10265s expect phase activating_traffic step 2
at 10570s expect phase baking
at 10600s pause
expect next never
at 50000s expect phase baking
expect traffic 0 100
resume
at 50029.999s expect phase baking
at 50030s expect phase terminating
at 50040s expect ended succeeded
expect config shop-2
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, paused 1 100s, resumed 1 10000s, activating_traffic 2 10265s, baking 2 10270s, baking 10570s, paused 10600s, resumed 50000s, terminating 2 50030s, succeeded 50040s
