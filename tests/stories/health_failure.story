# A green fleet that does not pass its ping: back in service on the old config, with the reason.
endpoint shop fleet 2

at 0s update canary 1 wait 300s health failing
at 239s expect phase launching
at 240s expect phase rolling_back
expect traffic 100 0
at 250s expect status InService
expect config shop-1
expect instances 2 0
expect reason "The primary container for production variant main did not pass the ping health check."
expect ended rolled_back

# One that is up too late fails too.
at 1000s update plain startup 241s
at 1250s expect config shop-1
expect status InService
expect reason "did not pass the ping health check"

# One ill instance among many is enough.
at 2000s update plain fleet 5 health failing-after:4
at 2250s expect config shop-1
expect instances 2 0
