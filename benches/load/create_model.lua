-- CreateModel, every request with a name of its own; NAMES (environment) keeps runs apart.
local threads = 0
function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

local run = os.getenv("NAMES") or "run"
local count = 0

wrk.method = "POST"
wrk.path = "/"
wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
wrk.headers["X-Amz-Target"] = "SageMaker.CreateModel"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=123456789012/20261005/us-east-1/sagemaker/aws4_request, SignedHeaders=host, Signature=00"

function request()
    count = count + 1
    local body = '{"ModelName":"' .. run .. "-" .. id .. "-" .. count .. '","ExecutionRoleArn":"arn:aws:iam::123456789012:role/SageMaker",'
        .. '"PrimaryContainer":{"Image":"123456789012.dkr.ecr.us-east-1.amazonaws.com/classifier:1"}}'
    return wrk.format(nil, nil, nil, body)
end
