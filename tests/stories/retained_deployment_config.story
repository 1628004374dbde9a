# An update keeps the last deployment config only if it is told to, and its own wins (line 28).
endpoint shop fleet 2
alarm latency OK

at 0s update canary 1 wait 100s alarms latency
at 300s expect config shop-2
at 1000s update retain-config
at 1060s expect traffic 50 50
at 1100s alarm latency ALARM
at 1110s expect config shop-2
alarm latency OK

at 2000s update
at 2060s expect traffic 0 100
at 2100s expect config shop-4

at 3000s update all-at-once retain-config
at 3060s expect traffic 0 100
at 3100s expect config shop-5
