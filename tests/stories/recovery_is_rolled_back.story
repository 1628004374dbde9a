# A recovery that an alarm ends leaves the endpoint as mixed as it was.
endpoint shop fleet 3 health failing-after:3
alarm latency OK

at 0s update rolling 1 wait 100s alarms latency
at 250s alarm latency ALARM
at 490s expect status UpdateRollbackFailed

at 1000s alarm latency OK
at 1001s update canary 1 wait 100s alarms latency
at 1100s alarm latency ALARM
expect traffic 100 0
expect instances 4 3
at 1110s expect status UpdateRollbackFailed
expect config shop-1
expect instances 2 2
expect ended rolled_back
expect reason "latency"

at 2000s delete
expect status Deleting
at 2010s expect gone
