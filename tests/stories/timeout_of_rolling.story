# It runs until the end of the last bake, also while a batch is terminated; then no longer.
endpoint shop fleet 2

at 0s update rolling 1 wait 100s timeout 170s
at 165s expect phase terminating step 1
expect next 170s
at 170s expect phase rolling_back
expect instances 2 1
at 260s expect status InService
expect config shop-1
expect instances 2 0

at 1000s update rolling 1 wait 100s timeout 340s
at 1340s expect phase terminating step 2
at 1350s expect config shop-3
expect ended succeeded
