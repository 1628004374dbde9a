# An update cannot take the AsyncInferenceConfig away.
endpoint shop fleet 1 async

at 0s update plain refused "AsyncInferenceConfig parameter cannot be removed"
update plain async
at 100s expect config shop-2
