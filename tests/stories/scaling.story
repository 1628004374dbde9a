# More instances serve when they are launched; fewer stop at once; a weight changes at once (lines 6, 36).
endpoint shop fleet 3

at 0s scale to 5
expect status Updating
expect phase none
expect instances 5 0
expect next 60s
at 60s expect status InService
expect instances 5 0
expect reason none

at 100s scale to 1
expect status Updating
at 110s expect status InService
expect instances 1 0

at 200s scale weight 2.5
expect status InService
expect next never

at 300s scale variant other to 2 refused "not present within endpoint configuration"
expect status InService
