# Line 25: Creating, Updating, a scaling and Deleting alike.
at 0s create fleet 1
at 10s update plain refused "in-progress"
delete refused "in-progress"
at 60s expect status InService
update canary 1 wait 100s
at 100s update plain refused "in-progress"
scale to 2 refused "in-progress"
delete refused "in-progress"
at 235s expect status InService
scale to 2
update plain refused "in-progress"
at 300s delete
update plain refused "in-progress"
delete refused "in-progress"
at 309s expect status Deleting
at 310s expect gone
