"""Services that are not served: their requests are handed on as they came, or told where to go."""

import json

import pytest
from botocore.exceptions import ClientError

from outside import hooks, moto  # noqa: F401 (fixtures)


def test_one_endpoint_url_serves_a_whole_suite(worlds, own_server, moto):  # noqa: F811
    world = worlds(on=own_server(arguments=("--upstream", moto.url)))
    s3 = moto.client("s3", world, url=world.server.url, s3={"addressing_style": "path"})
    s3.create_bucket(Bucket="models")
    body = bytes(range(256)) * 8_000  # more than a request to our own services may have
    s3.put_object(Bucket="models", Key="a/model.tar.gz", Body=body)
    assert s3.get_object(Bucket="models", Key="a/model.tar.gz")["Body"].read() == body
    moto.client("sqs", world, url=world.server.url).create_queue(QueueName="through")
    assert moto.client("sqs", world).get_queue_url(QueueName="through")["QueueUrl"].endswith("/through")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="models", Key="none")
    world.model()
    assert world.sagemaker.list_models()["Models"][0]["ModelName"] == "model"


def test_a_request_and_its_answer_are_handed_on_as_they_are(worlds, own_server, hooks):  # noqa: F811
    hook = hooks(lambda request: (418, b"short and stout", {"x-amz-request-id": "r", "content-type": "text/x"}))
    world = worlds(on=own_server(upstream=hook.url + "/"))
    headers = {"Authorization": world.authorization("s3"), "Content-Type": "text/plain", "x-amz-meta-a": "b", "Host": "localhost:1"}
    hop = {"Connection": "close, X-Hop", "X-Hop": "1", "TE": "trailers"}
    status, answered, body = world.raw(b"the body", method="PUT", path="/bucket/a%2Fb?x=1&y", headers=headers | hop)
    assert (status, body, answered["x-amz-request-id"], answered["content-type"]) == (418, b"short and stout", "r", "text/x")
    [request] = hook.requests
    assert (request["method"], request["path"], request["query"], request["body"]) == ("PUT", "/bucket/a%2Fb", {"x": "1"}, b"the body")
    for name, value in headers.items():
        assert request["headers"][name.lower()] == value
    assert request["headers"]["content-length"] == "8"
    assert request["headers"]["via"].startswith("1.1 sagebrush-") and "x-hop" not in request["headers"]
    assert answered["content-security-policy"] == "sandbox"


def test_an_upstream_that_leads_back_or_does_not_answer_is_named(worlds, own_server, hooks):  # noqa: F811
    world = None

    def back(request):
        """A proxy that hands the request on to where it came from, with itself in Via."""
        headers = {"Authorization": request["headers"]["authorization"], "Via": request["headers"]["via"] + ", 1.1 edge"}
        status, _, body = world.raw(headers=headers)
        return status, body, {}

    hook = hooks(back)
    world = worlds(on=own_server(upstream=hook.url))
    status, _, body = world.raw(headers={"Authorization": world.authorization("s3")})
    assert (status, json.loads(body)["message"], len(hook.requests)) == (508, f"The upstream {hook.url} leads back to this server.", 1)
    gone = hooks()
    gone.stop()
    world = worlds(on=own_server(upstream=gone.url))
    status, _, body = world.raw(headers={"Authorization": world.authorization("s3")})
    assert status == 502 and json.loads(body)["message"].startswith(f"The upstream {gone.url} does not answer for s3: ")


def test_a_path_that_would_become_another_one_is_refused(worlds, own_server, hooks):  # noqa: F811
    hook = hooks()
    world = worlds(on=own_server(upstream=hook.url))
    for path in ("/bucket/a/../b", "/bucket/%2e%2e/b", '/bucket/a"b'):
        status, _, body = world.raw(path=path, headers={"Authorization": world.authorization("s3")})
        assert (status, hook.requests) == (400, []), path
        assert json.loads(body)["message"] == f"The path {path} cannot be handed on to {hook.url} as it stands."


@pytest.mark.parametrize(("scope", "variable"), [("s3", "S3"), ("states", "SFN"), ("secretsmanager", "SECRETS_MANAGER")])
def test_without_an_upstream_the_refusal_says_what_to_set(world, scope, variable):
    status, _, body = world.raw(headers={"Authorization": world.authorization(scope)})
    assert (status, json.loads(body)) == (501, {"__type": "NotImplemented", "message": (
        f"sagebrush does not serve {scope}: set AWS_ENDPOINT_URL_{variable} to who does, or name them to the server with --upstream, "
        "and it hands such requests on.")})


def test_what_names_one_of_our_services_is_ours_whatever_its_scope(worlds, own_server, hooks):  # noqa: F811
    hook = hooks()
    world = worlds(on=own_server(upstream=hook.url))
    status, _, body = world.raw({}, target="SageMaker.ListModels", headers={"Authorization": world.authorization("elsewhere")})
    assert (status, json.loads(body)) == (200, {"Models": []})
    status, _, _ = world.raw({}, target="SageMaker.ListModels", headers={"Authorization": "nonsense"})
    assert (status, hook.requests) == (200, [])
