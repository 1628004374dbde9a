# At one instant deployments take their steps before scalings do, whatever the names (line 7).
endpoint alpha fleet 2
endpoint beta fleet 2

at 0s scale of alpha to 3
update of beta plain
at 60s expect order beta, alpha
expect of alpha status InService
expect of beta phase activating_traffic
