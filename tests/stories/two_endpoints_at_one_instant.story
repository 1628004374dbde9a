# Steps of one instant happen in the order of the names, whoever was first (line 7): of the instances that both
# launch of one model at 175s, the third ever launched comes up and the fourth does not.
endpoint beta fleet 2
endpoint alpha fleet 2

at 0s update of beta rolling 1 wait 100s model shared health failing-after:3
update of alpha rolling 1 wait 100s model shared health failing-after:3
at 60s expect order alpha, beta
at 174s expect of alpha phase terminating
at 175s expect order alpha, beta
at 235s expect of alpha phase activating_traffic step 2
expect of beta phase launching step 2
at 350s expect of alpha status InService
expect of alpha config alpha-2
at 415s expect of beta phase rolling_back
at 490s expect of beta status InService
expect of beta config beta-1
