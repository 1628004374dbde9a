"""What schemathesis has to be told beside the document: how lines of JSON are sent."""

import schemathesis


@schemathesis.serializer("application/jsonl")
def lines(context, value):
    return {"data": value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")}
