#!/usr/bin/env python3
"""Refresh the service facts in this directory from the installed botocore.

    pip install botocore && python3 models/extract.py

Each file holds one service: how a request names it, every operation, and the constraints of every
shape that an operation reaches. No prose is taken over. A shape has these keys:

    service     protocols, target prefix, version, signing name, XML namespace
    operations  name -> {in, out, err[], http?, ...}
    shapes      name -> {t: type, min, max, pattern, enum, error, ...,
                         m: {member: {s: shape, r: 1 if required, ...}}, member|key|value: {s: shape}}

The order of operations, members and enum values is the model's own: faults are reported in it.
"""
import gzip
import json
import pathlib

import botocore

SERVICES = {
    "sagemaker": ("sagemaker", "2017-07-24"),
    "sagemaker_runtime": ("sagemaker-runtime", "2017-05-13"),
    "cloudwatch": ("cloudwatch", "2010-08-01"),
    "sts": ("sts", "2011-06-15"),
    "events": ("events", "2015-10-07"),
    "application_autoscaling": ("application-autoscaling", "2016-02-06"),
    "logs": ("logs", "2014-03-28"),
}
METADATA = ("apiVersion", "jsonVersion", "protocols", "targetPrefix", "endpointPrefix", "signingName",
            "serviceId", "xmlNamespace", "awsQueryCompatible")
OPERATION = ("idempotent", "requestcompression")
SHAPE = ("min", "max", "pattern", "enum", "sensitive", "flattened", "timestampFormat", "exception", "error",
         "union", "payload", "eventstream", "locationName")
MEMBER = ("locationName", "location", "idempotencyToken", "eventpayload", "timestampFormat")


def reference(target, required=False):
    """A member's (or element's) shape and how the wire carries it."""
    found = {"s": target["shape"]}
    if required:
        found["r"] = 1
    found.update({key: target[key] for key in MEMBER if key in target})
    return found


def shape_facts(shape):
    """The constraints of one shape, and the references that lead on from it."""
    facts = {"t": shape["type"]}
    facts.update({key: shape[key] for key in SHAPE if key in shape})
    if "members" in shape:
        required = set(shape.get("required", []))
        facts["m"] = {name: reference(member, name in required) for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            facts[part] = reference(shape[part])
    return facts


def reached_from(roots, shapes):
    """Facts of every shape that the roots lead to, by name in alphabetical order."""
    found, waiting = {}, list(roots)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = shape_facts(shapes[name])
        onward = list(found[name].get("m", {}).values())
        onward += [found[name][part] for part in ("member", "key", "value") if part in found[name]]
        waiting += [target["s"] for target in onward]
    return dict(sorted(found.items()))


def operation_facts(operation):
    """Input, output and errors of one operation, and its path where that is not `POST /`."""
    facts = {}
    if "input" in operation:
        facts["in"] = operation["input"]["shape"]
    if "output" in operation:
        facts["out"] = operation["output"]["shape"]
        if "resultWrapper" in operation["output"]:
            facts["resultWrapper"] = operation["output"]["resultWrapper"]
    facts["err"] = [error["shape"] for error in operation.get("errors", [])]
    http = operation["http"]
    if http.get("requestUri", "/") != "/" or http.get("method") != "POST" or "responseCode" in http:
        facts["http"] = http
    facts.update({key: operation[key] for key in OPERATION if key in operation})
    return facts


def service_facts(service, version):
    """One service as it is written to its file."""
    data = pathlib.Path(botocore.__file__).parent / "data" / service / version / "service-2.json.gz"
    model = json.loads(gzip.decompress(data.read_bytes()))
    metadata = {key: model["metadata"][key] for key in METADATA if key in model["metadata"]}
    operations = {name: operation_facts(operation) for name, operation in model["operations"].items()}
    roots = [o[way] for o in operations.values() for way in ("in", "out") if way in o]
    roots += [error for o in operations.values() for error in o["err"]]
    return {"service": metadata, "operations": operations, "shapes": reached_from(roots, model["shapes"])}


def main():
    """Write every file and say what is in it."""
    here = pathlib.Path(__file__).parent
    for name, (service, version) in SERVICES.items():
        facts = service_facts(service, version)
        path = here / f"{name}.json"
        path.write_text(json.dumps(facts, separators=(",", ":")) + "\n")
        counts = f"{len(facts['operations'])} operations, {len(facts['shapes'])} shapes"
        print(f"{path.name}: {counts}, {path.stat().st_size} bytes (botocore {botocore.__version__})")


if __name__ == "__main__":
    main()
