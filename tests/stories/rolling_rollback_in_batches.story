# Launch a batch of the old config, shift its share back, terminate what green no longer needs, again (line 15).
endpoint shop fleet 4
alarm latency OK

at 0s update rolling 1 wait 100s rollback 1 alarms latency
at 450s expect phase baking step 3
expect instances 2 3
expect traffic 25 75
alarm latency ALARM
expect instances 3 3
expect traffic 50 50
at 510s expect traffic 75 25
at 515s expect instances 3 3
at 525s expect instances 4 1
expect phase rolling_back
at 585s expect traffic 100 0
at 590s expect instances 4 1
at 600s expect status InService
expect config shop-1
expect instances 4 0
expect ended rolled_back

# No alarm and no timeout counts inside a rollback (line 16).
at 1000s alarm latency OK
at 1001s update rolling 1 wait 150s rollback 1 timeout 600s alarms latency
at 1551s alarm latency ALARM
at 1560s alarm latency OK
at 1570s alarm latency ALARM
at 1700s expect status Updating
at 1701s expect status InService
expect config shop-1
