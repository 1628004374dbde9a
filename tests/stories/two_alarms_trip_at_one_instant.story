# The reason names both, in the order of the config (line 18).
endpoint shop fleet 2
alarm latency OK
alarm errors OK

at 0s update canary 1 wait 300s alarms latency,errors
at 100s alarm errors ALARM
alarm latency ALARM at 100s
expect reason none
at 110s expect reason "went into ALARM state: errors."

at 1000s alarm errors OK
alarm latency OK
at 1001s update canary 1 wait 300s alarms latency,errors
alarm errors ALARM at 1100s
alarm latency ALARM at 1100s
at 1200s expect reason "went into ALARM state: latency, errors."
