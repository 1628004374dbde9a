# A launch that fails: RollingBack, then the old count, with the reason (line 36).
endpoint shop fleet 3 health failing-after:4

at 0s scale to 5
at 239s expect status Updating
at 240s expect status RollingBack
at 250s expect status InService
expect instances 3 0
expect reason "did not pass the ping health check"
at 300s scale to 2
expect reason none
at 310s expect instances 2 0
