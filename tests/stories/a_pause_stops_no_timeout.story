# MaximumExecutionTimeoutInSeconds waits for nobody, until the last step has baked.
endpoint shop fleet 4
alarm latency OK

at 0s update canary 25% wait 300s timeout 700s alarms latency
at 100s pause
at 699.999s expect phase baking step 1
at 700s expect phase rolling_back
at 710s expect ended rolled_back
expect reason "MaximumExecutionTimeoutInSeconds (700)"
