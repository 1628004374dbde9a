# The switch: not smaller than the waits of all steps (line 19).
rules timeout_check waits
endpoint shop fleet 3

at 0s update canary 33% wait 300s termination 300s timeout 899s refused "waits of all steps (900)"
update canary 33% wait 300s termination 300s timeout 900s
expect status Updating
