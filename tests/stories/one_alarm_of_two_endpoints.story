# Every deployment that watches an alarm is due at the instant of the alarm; one that does not is left alone.
endpoint alpha fleet 2
endpoint beta fleet 2
endpoint gamma fleet 2
alarm latency OK
alarm errors OK

at 0s update of alpha canary 1 wait 300s alarms latency
update of beta canary 1 wait 300s alarms errors,latency
update of gamma canary 1 wait 300s alarms errors
at 100s alarm latency ALARM
expect of gamma phase baking step 1
expect of alpha phase rolling_back
expect of beta phase rolling_back
at 1000s expect of gamma config gamma-2
expect of beta config beta-1
expect of alpha config alpha-1
