# After a batch that leaves g of N green, blue keeps ceil(M (N - g) / N) (line 5): from 5 to 2, then from 2 to 4.
endpoint shop fleet 5

at 0s update rolling 1 fleet 2
expect instances 5 1
at 60s expect traffic 50 50
at 75s expect phase launching step 2
expect instances 3 2
at 150s expect status InService
expect instances 2 0

at 200s update rolling 2 fleet 4
expect instances 2 2
at 275s expect phase launching step 2
expect instances 1 4
at 350s expect status InService
expect instances 4 0
