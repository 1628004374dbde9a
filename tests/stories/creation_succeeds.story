# A creation is a deployment too.
at 0s create fleet 2
expect status Creating
expect next 60s
at 60s expect status InService
expect config shop-1
expect instances 2 0
expect ended succeeded
expect history launching 0s, succeeded 60s
