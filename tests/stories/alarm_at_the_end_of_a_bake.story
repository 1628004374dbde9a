# An alarm result of the instant at which a bake, or the window, ends counts; one after it does not (lines 7, 8).
endpoint shop fleet 3
alarm latency OK

at 0s update canary 33% wait 300s alarms latency
alarm latency ALARM at 365s
alarm latency OK at 366s
at 364s expect phase baking step 1
at 365s expect phase rolling_back
expect traffic 100 0
at 400s expect config shop-1

at 1000s update all-at-once wait 100s termination 60s alarms latency
alarm latency ALARM at 1225s
alarm latency OK at 1226s
at 1224s expect phase baking
at 1225s expect phase rolling_back
at 1300s expect config shop-1

at 2000s update all-at-once wait 100s termination 60s alarms latency
alarm latency ALARM at 2225.001s
at 2225s expect phase terminating
at 2235s expect config shop-4
expect ended succeeded
