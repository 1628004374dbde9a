# Of a rolling update what is missing of the old config comes back in batches.
endpoint shop fleet 4

at 0s update rolling 50% wait 300s
at 365s expect phase terminating
at 370s abort
expect phase rolling_back
expect traffic 50 50
expect instances 4 2
at 430s expect traffic 100 0
at 445s expect ended rolled_back
expect instances 4 0
