# The leftovers of the failed rollback go first.
endpoint shop fleet 3 health failing-after:3
alarm latency OK

at 0s update rolling 1 wait 100s alarms latency
at 250s alarm latency ALARM
at 490s expect status UpdateRollbackFailed
expect instances 2 2

at 1000s alarm latency OK
at 1001s update rolling 1 wait 100s alarms latency
expect instances 4 1
at 1176s expect instances 3 2
at 1351s expect instances 2 3
at 1526s expect status InService
expect config shop-3
expect instances 3 0
