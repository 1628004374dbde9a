# Blue has no instance that could hold the rest of the traffic: green takes all of it in one step (line 2).
endpoint shop fleet 2

at 0s scale to 0
at 100s update rolling 1 fleet 3 wait 50s
at 159s expect instances 0 3
at 160s expect traffic 0 100
at 225s expect status InService
expect config shop-2
expect instances 3 0

at 300s scale to 0
at 400s update canary 1 fleet 4 wait 50s
at 460s expect traffic 0 100
at 525s expect config shop-3
expect instances 4 0
