# It may be promoted at any time; a pause takes that back.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s termination 600s alarms latency
at 10s promote
at 20s pause
at 65s expect phase baking step 1
expect next 14400s
at 500s promote
at 500s expect phase activating_traffic step 2
at 505s expect phase terminating
at 515s expect ended succeeded
