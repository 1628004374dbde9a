# The second batch does not come up: the first is replaced by the old config again.
endpoint shop fleet 2

at 0s update rolling 1 wait 100s health failing-after:1
at 175s expect phase launching step 2
expect instances 1 2
at 415s expect phase rolling_back
expect traffic 50 50
at 475s expect traffic 100 0
at 490s expect status InService
expect config shop-1
expect instances 2 0
expect reason "did not pass the ping health check"
