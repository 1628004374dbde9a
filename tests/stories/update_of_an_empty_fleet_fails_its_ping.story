# No traffic has moved, so there is none to take back, although blue is empty.
endpoint shop fleet 2

at 0s scale to 0
at 100s update plain fleet 2 health failing
at 350s expect status InService
expect config shop-1
expect instances 0 0
expect reason "did not pass the ping health check"
expect ended rolled_back
