# Nothing has moved yet, and nothing has to be shifted back.
endpoint shop fleet 2

at 0s update all-at-once wait 10s timeout 600s startup 900s ping 1000s
at 600s expect phase rolling_back
expect traffic 100 0
expect instances 2 2
at 610s expect status InService
expect instances 2 0
expect reason "did not finish within"
