# By the model's words: larger than the wait and the termination wait together (line 19).
endpoint shop fleet 3

at 0s update canary 33% wait 300s termination 300s timeout 600s refused "must be larger than the sum"
expect status InService
update canary 33% wait 300s termination 300s timeout 601s
expect status Updating
