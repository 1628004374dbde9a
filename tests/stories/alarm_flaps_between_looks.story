# ALARM and back to OK before anybody looked: the history of the window counts, and the rollback began at the
# instant of the ALARM (line 8).
endpoint shop fleet 3
alarm latency OK

at 0s update canary 33% wait 300s alarms latency
at 100s alarm latency ALARM at 120s
alarm latency OK at 120.5s
expect phase baking step 1
expect next 120s
at 2000s expect status InService
expect config shop-1
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, rolling_back 120s, rolling_back 120s, rolled_back 130s

# What is recorded before the window opens and lies inside it counts too, also when it is over in an instant.
alarm latency ALARM at 2100s
alarm latency OK at 2100s
update canary 33% wait 300s alarms latency
at 3000s expect config shop-1
expect history launching 1 2000s, activating_traffic 1 2060s, baking 1 2065s, rolling_back 2100s, rolling_back 2100s, rolled_back 2110s
