# Each variant resolves its own steps, bakes are common (lines 2, 3); rolling is for one variant (line 23).
endpoint shop fleet 4 variants a,b

at 0s update canary 25% wait 100s variants b,a fleet 4
expect instances 8 8
at 60s expect traffic 75 25
at 165s expect traffic 0 100
at 280s expect status InService
expect config shop-2
expect instances 8 0

at 300s update rolling 1 variants a,b refused "more than one production variant"
update canary 25% wait 100s variants a,c refused "same variant names"

# Without a policy variants may come and go.
update plain variants c fleet 1
at 400s expect status InService
expect instances 1 0
