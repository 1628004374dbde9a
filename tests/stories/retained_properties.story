# The count of a variant in service wins over the new config's, if it is to be retained; for scaled ones too.
endpoint shop fleet 2

at 0s scale to 3
at 100s update plain fleet 5 retain
expect instances 3 3
at 200s expect instances 3 0
update plain fleet 5
at 300s expect instances 5 0
