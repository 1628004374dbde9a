# Launching and shifting take their time also while it is paused; the bake then begins, and stands still.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s timeout 3600s alarms latency
at 10s pause
advance refused "does not bake now"
expect next 60s
at 65s expect phase baking step 1
expect next 3600s
at 1000s expect phase baking step 1
resume
expect next 1300s
at 1300s expect phase activating_traffic step 2
at 1605s expect ended running
at 1700s expect ended succeeded
