# The switch: an alarm that is deleted in the window and made anew at the same instant was missing (line 11).
rules missing_alarm rollback
endpoint shop fleet 2
alarm errors OK

at 0s update canary 1 wait 300s alarms errors
alarm errors DELETED at 100s
alarm errors OK at 100s
at 110s expect status InService
expect config shop-1
expect reason "do not exist: errors."
