# The switch: one that is missing when the window opens, or is deleted in it, ends the deployment (line 11).
rules missing_alarm rollback
endpoint shop fleet 2
alarm errors OK

at 0s update canary 1 wait 300s alarms latency,errors
at 60s expect phase rolling_back
at 70s expect config shop-1
expect reason "do not exist: latency."

at 1000s update canary 1 wait 300s alarms errors
at 1100s alarm errors DELETED
expect phase rolling_back
at 1110s expect config shop-1
expect reason "do not exist: errors."
