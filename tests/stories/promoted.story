# Promote skips the bakes that are left, and the TerminationWait; launching, shifting and terminating stay.
endpoint shop fleet 10
alarm latency OK

at 0s update linear 20% wait 300s termination 600s alarms latency
at 100s promote
promote refused "promoted already"
at 100s expect phase activating_traffic step 2
at 105s expect phase activating_traffic step 3
at 110s expect phase activating_traffic step 4
at 115s expect phase activating_traffic step 5
expect traffic 0 100
at 119.999s expect phase activating_traffic step 5
at 120s expect phase terminating
at 130s expect ended succeeded
