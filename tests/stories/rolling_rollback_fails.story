# A batch of the old config that cannot be launched: both configs keep what they have and serve (line 15).
endpoint shop fleet 3 health failing-after:3
alarm latency OK

at 0s update rolling 1 wait 100s alarms latency
at 250s alarm latency ALARM
expect phase rolling_back
expect instances 3 2
at 489s expect status Updating
at 490s expect status UpdateRollbackFailed
expect config shop-1
expect instances 2 2
expect reason "went into ALARM state: latency. The rollback failed: The primary container"
expect ended rollback_failed
expect next never
scale to 4 refused "recover it by UpdateEndpoint"

# The next update recovers it, here by blue/green (line 25).
at 1000s alarm latency OK
at 1001s update canary 1 wait 100s alarms latency
expect status Updating
expect reason none
expect instances 4 3
at 1061s expect traffic 66.67 33.33
at 1281s expect status InService
expect config shop-3
expect instances 3 0
expect reason none
