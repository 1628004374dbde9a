# Where both sides are known (lines 20 to 23).
endpoint shop fleet 10

at 0s update canary 51% wait 100s refused "CanarySize must be at most 50 %"
update canary 6 wait 100s refused "CanarySize must be at most 50 %"
update linear 9% wait 100s refused "LinearStepSize must be between 10 % and 50 %"
update rolling 6 wait 100s refused "MaximumBatchSize must be between 5 % and 50 %"
update rolling 4% wait 100s refused "MaximumBatchSize must be between 5 % and 50 %"
expect status InService
update rolling 5 wait 100s
expect status Updating
