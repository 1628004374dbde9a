# Nor can an endpoint without an update on its way.
endpoint shop fleet 1
pause refused "It succeeded"
abort refused "It succeeded"
