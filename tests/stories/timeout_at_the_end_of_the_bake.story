# A last bake that ends at the instant of the timeout has ended in time, and the termination wait is not
# counted (lines 7, 19). A bake of no length ends where it begins.
endpoint shop fleet 3
alarm latency OK

at 0s update canary 33% wait 300s termination 100s timeout 670s
at 669s expect phase baking step 2
at 670s expect phase baking
at 780s expect status InService
expect config shop-2

at 1000s update canary 33% wait 300s timeout 669s
at 1669s expect phase rolling_back
at 1700s expect config shop-2

at 2000s update all-at-once startup 595s ping 1000s timeout 600s
at 2610s expect config shop-4
expect ended succeeded

at 3000s update all-at-once startup 596s ping 1000s timeout 600s
at 3600s expect phase rolling_back
at 3700s expect config shop-4

# The alarm of that instant comes before both.
at 4000s update canary 33% wait 300s timeout 670s alarms latency
alarm latency ALARM at 4670s
at 4700s expect config shop-4
expect reason "ALARM"
