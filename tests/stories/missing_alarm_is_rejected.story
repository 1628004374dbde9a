# The switch: refused at once; one that is deleted on the way is ignored (line 11).
rules missing_alarm reject
endpoint shop fleet 2
alarm errors OK

at 0s update canary 1 wait 300s alarms latency,errors refused "do not exist: latency."
update canary 1 wait 300s alarms errors
at 100s alarm errors DELETED
at 680s expect status InService
expect config shop-2
