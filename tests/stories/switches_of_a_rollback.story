# RollingBack while it goes back (line 13), and no reason once it is over (line 17).
rules rollback_status RollingBack
rules failure_reason_after_rollback clear
endpoint shop fleet 2
alarm latency OK

at 0s update canary 1 wait 300s alarms latency
expect status Updating
at 100s alarm latency ALARM
expect status RollingBack
at 110s expect status InService
expect reason none
expect ended rolled_back
