# Batch by batch: launch, shift, bake, terminate as many (line 5).
endpoint shop fleet 3
alarm latency OK

at 0s update rolling 1 wait 100s alarms latency
expect instances 3 1
expect traffic 100 0
at 60s expect traffic 66.67 33.33
at 65s expect phase baking step 1
at 165s expect phase terminating step 1
expect instances 3 1
at 175s expect phase launching step 2
expect instances 2 2
expect traffic 66.67 33.33
at 235s expect traffic 33.33 66.67
at 350s expect phase launching step 3
expect instances 1 3
at 410s expect traffic 0 100
at 515s expect phase terminating step 3
expect config shop-1
at 525s expect status InService
expect config shop-2
expect instances 3 0
expect history launching 1 0s, activating_traffic 1 60s, baking 1 65s, terminating 1 165s, launching 2 175s, activating_traffic 2 235s, baking 2 240s, terminating 2 340s, launching 3 350s, activating_traffic 3 410s, baking 3 415s, terminating 3 515s, succeeded 525s
