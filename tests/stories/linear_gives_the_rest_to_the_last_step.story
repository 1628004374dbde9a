# Steps of four on ten instances: four, eight, ten (line 2); the fleet grows on the way.
endpoint shop fleet 5

at 0s update linear 4 fleet 10
at 60s expect traffic 60 40
at 65s expect traffic 20 80
at 70s expect traffic 0 100
expect instances 5 10
at 85s expect status InService
expect instances 10 0
