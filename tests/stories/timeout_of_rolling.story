# It runs until the end of the last bake, also while a batch is terminated; then no longer.
endpoint shop fleet 2

at 0s update rolling 1 wait 530s timeout 600s
at 595s expect phase terminating step 1
expect next 600s
at 600s expect phase rolling_back
expect instances 2 1
at 690s expect status InService
expect config shop-1
expect instances 2 0

at 1000s update rolling 1 wait 230s timeout 600s
at 1600s expect phase terminating step 2
at 1610s expect config shop-3
expect ended succeeded
