# Three instances, one of them first, then the rest; both steps bake (contract, lines 1 to 6).
endpoint shop fleet 3
alarm latency OK

at 0s update canary 33% wait 300s termination 60s alarms latency
expect status Updating
expect phase launching step 1
expect traffic 100 0
expect instances 3 3
expect next 60s

at 59.999s expect phase launching
at 60s expect phase activating_traffic step 1
expect traffic 66.67 33.33
expect next 65s

at 65s expect phase baking step 1
at 364.999s expect phase baking step 1
at 365s expect phase activating_traffic step 2
expect traffic 0 100
at 370s expect phase baking step 2
expect instances 3 3
at 670s expect phase baking
expect next 730s
expect config shop-1

at 730s expect phase terminating
expect status Updating
expect config shop-1
at 740s expect status InService
expect config shop-2
expect reason none
expect instances 3 0
expect next never
expect ended succeeded
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, activating_traffic 2 365s, baking 2 370s, baking 670s, terminating 2 730s, succeeded 740s
