# Nothing has moved yet, and nothing has to be shifted back.
endpoint shop fleet 2

at 0s update all-at-once wait 10s timeout 30s
at 30s expect phase rolling_back
expect traffic 100 0
expect instances 2 2
at 40s expect status InService
expect instances 2 0
expect reason "did not finish within"
