# An update policy without alarms runs, and the history says that nothing can end it.
endpoint shop fleet 4

at 0s update rolling 2 wait 100s
expect says "Nothing watches this deployment"
expect history warning 0s, launching 1 0s
at 350s expect status InService
expect config shop-2

# Without a policy nobody expects to be guarded.
at 400s update plain
expect history launching 1 400s
