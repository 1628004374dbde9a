-- InvokeEndpoint with a kilobyte, as the SDKs send it.
wrk.method = "POST"
wrk.path = "/endpoints/bench/invocations"
wrk.body = string.rep("0123456789abcdef", 64)
wrk.headers["Content-Type"] = "text/csv"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=123456789012/20261005/us-east-1/sagemaker/aws4_request, SignedHeaders=host, Signature=00"
