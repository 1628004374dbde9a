# Blue has no instance to go back to: green keeps the traffic and nothing is terminated (line 14).
endpoint shop fleet 2
alarm latency OK

at 0s scale to 0
at 100s expect status InService
expect instances 0 0
update canary 1 fleet 2 wait 100s alarms latency
at 200s alarm latency ALARM
expect status UpdateRollbackFailed
expect instances 0 2
expect ended rollback_failed
expect reason "no instance of the old fleet is healthy"

at 1000s alarm latency OK
at 1001s update plain fleet 2
at 1100s expect status InService
expect config shop-3
expect instances 2 0
