"""Clients that invoke an endpoint: one by one, or many at once until they are told to stop."""

import collections
import concurrent.futures
import threading

from botocore.exceptions import ClientError

CALLERS = 4


def invoke(runtime, body=b"1,2", **members):
    """One request to `web`; the answer with its body read."""
    answer = runtime.invoke_endpoint(EndpointName="web", Body=body, **members)
    return answer | {"Body": answer["Body"].read()}


class Callers:
    """Threads that invoke `web` and count what they are answered: a variant, or the code of an error."""

    def __init__(self, world):
        self.answers, self.stopped = collections.Counter(), threading.Event()
        self.pool = concurrent.futures.ThreadPoolExecutor(CALLERS)
        self.running = [self.pool.submit(self._call, world.client("sagemaker-runtime")) for _ in range(CALLERS)]

    def _call(self, runtime):
        answers = collections.Counter()
        while not self.stopped.is_set():
            try:
                answers[invoke(runtime)["InvokedProductionVariant"]] += 1
            except ClientError as error:
                answers[error.response["Error"]["Code"]] += 1
            except Exception as error:  # whatever a caller can meet is what this is about
                answers[repr(error)] += 1
        return answers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.answers = sum((done.result(30) for done in self.running), collections.Counter())
        self.pool.shutdown()
