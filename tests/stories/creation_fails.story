# A creation that fails its ping is Failed, and only to be deleted (lines 25, 33).
at 0s create fleet 2 health failing-after:1
at 239s expect status Creating
at 240s expect status Failed
expect reason "The primary container for production variant main did not pass the ping health check."
expect instances 0 0
expect ended failed
expect history launching 0s, failed 240s
update plain refused "failed"
scale to 1 refused "failed"
at 300s delete
at 310s expect gone

# The name is free again.
create fleet 1
at 370s expect status InService
