-- DescribeEndpoint of one endpoint in service.
wrk.method = "POST"
wrk.path = "/"
wrk.body = '{"EndpointName":"bench"}'
wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
wrk.headers["X-Amz-Target"] = "SageMaker.DescribeEndpoint"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=123456789012/20261005/us-east-1/sagemaker/aws4_request, SignedHeaders=host, Signature=00"
