"""Check every answer that a boto3 client gets against the service model.

    checker = ModelChecker()
    checker.attach(client)
    ...
    assert not checker.violations, checker.report()

botocore drops or coerces what it does not expect. This reads the raw bytes through the event
`response-received`, decodes them by itself, and walks them beside the model. It takes nothing from the
server under test but its bytes. Kinds of violation:

    unknown-member, null-member, duplicate-key, missing-required, type, union
    enum, length, range, pattern         a value outside its shape's constraint
    envelope, empty-body, unexpected-body, undecodable
    error-*                              no code, an undeclared one, a wrong member, a wrong status
    header-*                             x-amzn-RequestId, Content-Type, Date, Content-Length, smithy-protocol

Not seen: the order of keys, streamed bodies, whether a value is true.
"""

import base64
import binascii
import collections
import datetime
import io
import json
import re
import xml.etree.ElementTree as ET

import botocore.parsers
import botocore.utils
import regex

Violation = collections.namedtuple("Violation", "service operation status kind path detail")

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
CONTENT_TYPE = {"rest-json": "application/json", "smithy-rpc-v2-cbor": "application/cbor", "query": "text/xml"}
INTEGERS = {"integer", "long", "short", "byte", "bigInteger"}
FLOATS = {"float", "double", "bigDecimal"}
# A service may give these without declaring them: the common error lists of the API references.
COMMON_ERRORS = set(
    """ValidationException ValidationError AccessDeniedException AccessDenied ThrottlingException Throttling
    UnrecognizedClientException InvalidSignatureException SignatureDoesNotMatch MissingAuthenticationTokenException
    MissingAuthenticationToken IncompleteSignatureException IncompleteSignature InvalidClientTokenId ExpiredTokenException
    ExpiredToken RequestExpired SerializationException UnknownOperationException NotImplemented InvalidAction
    MalformedQueryString InvalidQueryParameter MissingAction MissingParameter InvalidParameterValue
    InvalidParameterCombination InternalFailure InternalServiceError ServiceUnavailable ServiceUnavailableException
    OptInRequired NotAuthorized""".split()
)
# Members that AWS was seen to send and its model does not declare.
UNDECLARED = {("ModelError", "ErrorCode")}


def compile_pattern(pattern):
    """A pattern of the model, in Java's dialect, as one that matches a whole value."""
    java = {"[\\p{Print}]": "[\\x20-\\x7e]", "\\p{Print}": "[\\x20-\\x7e]", "\\p{ASCII}": "[\\x00-\\x7f]",
            "\\p{Alnum}": "[A-Za-z0-9]", "\\z": "\\Z", "\\h": "[ \\t]",
            "\\uD800\\uDC00-\\uDBFF\\uDFFF": "\\U00010000-\\U0010FFFF"}
    for theirs, ours in java.items():
        pattern = pattern.replace(theirs, ours)
    return regex.compile(pattern)


class Cbor(botocore.parsers.BaseCBORParser):
    """botocore's CBOR reader without its response handling; bytes after the item are an error."""

    def __init__(self):
        self._timestamp_parser = botocore.utils.parse_timestamp

    def load(self, body):
        stream = io.BufferedReader(io.BytesIO(body))
        value = self.parse_data_item(stream)
        if rest := stream.read():
            raise ValueError(f"{len(rest)} bytes after the end")
        return value


def wire_name(shape, name):
    return shape.serialization.get("name", name)


def local(element):
    return element.tag.split("}")[-1]


class ModelChecker:
    """Collects violations of the clients that it is attached to."""

    def __init__(self):
        self.violations = []
        self.calls = 0
        self._patterns = {}

    def attach(self, client):
        model = client.meta.service_model

        def on_response(event_name, response_dict=None, **_):
            if response_dict is not None:
                self.check(model, event_name.rsplit(".", 1)[1], response_dict)

        client.meta.events.register(f"response-received.{model.service_id.hyphenize()}", on_response)
        return self

    def report(self):
        """One line for each sort of violation, with how often it was seen."""
        sorts = collections.Counter(
            (v.service, v.operation, v.kind, re.sub(r"\[\d+\]", "[]", v.path), str(v.detail)[:160]) for v in self.violations)
        return "\n".join(f"{n:3}x {s}.{o} {k:16} {p}  {d}" for (s, o, k, p, d), n in sorted(sorts.items()))

    def add(self, kind, path, detail=""):
        self.violations.append(Violation(self._service, self._operation, self._status, kind, path, detail))

    def check(self, model, operation, response):
        """Check one answer as botocore's HTTP layer hands it over."""
        self.calls += 1
        operation_model, protocol = model.operation_model(operation), model.resolved_protocol
        self._service, self._operation, self._status = model.service_name, operation, response["status_code"]
        body = response["body"]
        streaming = not isinstance(body, (bytes, bytearray))
        self._headers(protocol, model, response["headers"], None if streaming else body)
        try:
            if self._status >= 300:
                self._error(protocol, model, operation_model, response, b"" if streaming else body)
            elif not streaming:
                self._success(protocol, model, operation_model, response, body)
        except (ValueError, KeyError, ET.ParseError, botocore.parsers.ResponseParserError) as error:
            self.add("undecodable", "", f"{type(error).__name__}: {error}")

    def _headers(self, protocol, model, headers, body):
        request_id = headers.get("x-amzn-requestid")
        if not request_id:
            self.add("header-requestid", "x-amzn-RequestId", "absent")
        elif not UUID.fullmatch(request_id):
            self.add("header-requestid", "x-amzn-RequestId", "not a uuid")
        want = CONTENT_TYPE.get(protocol) or f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.0')}"
        got = headers.get("content-type") or ""
        if protocol != "rest-json" and got.split(";")[0].strip() != want:
            self.add("header-content-type", "Content-Type", f"want {want} got {got!r}")
        if not headers.get("date"):
            self.add("header-date", "Date", "absent")
        length = headers.get("content-length")
        if body is not None and length is not None and not headers.get("content-encoding") and int(length) != len(body):
            self.add("header-content-length", "Content-Length", f"{length} != {len(body)}")
        if protocol == "smithy-rpc-v2-cbor" and headers.get("smithy-protocol") != "rpc-v2-cbor":
            self.add("header-smithy-protocol", "smithy-protocol", repr(headers.get("smithy-protocol")))

    def _json(self, body):
        def unique(pairs):
            members = {}
            for key, value in pairs:
                if key in members:
                    self.add("duplicate-key", key)
                members[key] = value
            return members

        return json.loads(body.decode("utf-8"), object_pairs_hook=unique,
                          parse_constant=lambda word: self.add("type", "", f"bare {word} is not JSON"))

    # The body of a success.

    def _success(self, protocol, model, operation_model, response, body):
        shape = operation_model.output_shape
        if shape is None:
            if protocol == "query":
                self._xml_envelope(model, operation_model, body, None)
            elif body and body != b"{}":
                self.add("unexpected-body", "", body[:80])
        elif protocol == "json":
            if not body:
                self.add("empty-body", "", f"{shape.name} wants at least {{}}")
            self._walk(shape, self._json(body) if body else {}, "", "json")
        elif protocol == "smithy-rpc-v2-cbor":
            self._walk(shape, Cbor().load(body) if body else {}, "", "cbor")
        elif protocol == "query":
            self._xml_envelope(model, operation_model, body, shape)
        elif protocol == "rest-json":
            self._rest_json(shape, response["headers"], body)

    def _rest_json(self, shape, headers, body):
        in_body = set()
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            if location == "header":
                value = headers.get(member.serialization["name"])
                if value is not None:
                    self._scalar(member, value, name, "header")
                elif name in shape.required_members:
                    self.add("missing-required", name, f"header {member.serialization['name']}")
            elif location is None:
                in_body.add(name)
        if "payload" not in shape.serialization:
            self._walk(shape, self._json(body) if body else {}, "", "json", in_body)

    def _walk(self, shape, value, path, form, only=None):
        if shape.type_name == "structure":
            if not getattr(shape, "is_document_type", False):
                self._structure(shape, value, path, form, only)
        elif shape.type_name == "list":
            if not isinstance(value, list):
                return self.add("type", path, f"want list, got {type(value).__name__}")
            self._bounds(shape, len(value), path, "length")
            for index, item in enumerate(value):
                self._present(shape.member, item, f"{path}[{index}]", form, "list")
        elif shape.type_name == "map":
            if not isinstance(value, dict):
                return self.add("type", path, f"want map, got {type(value).__name__}")
            self._bounds(shape, len(value), path, "length")
            for key, item in value.items():
                self._scalar(shape.key, key, path + "{key}", form)
                self._present(shape.value, item, f"{path}{{{key}}}", form, "map")
        else:
            self._scalar(shape, value, path, form)

    def _present(self, shape, value, path, form, where):
        if value is None:
            self.add("null-member", path, where)
        else:
            self._walk(shape, value, path, form)

    def _structure(self, shape, value, path, form, only):
        if not isinstance(value, dict):
            return self.add("type", path, f"want object, got {type(value).__name__}")
        union = getattr(shape, "is_tagged_union", False)
        by_wire_name = {wire_name(s, n): s for n, s in shape.members.items() if only is None or n in only}
        for key, item in value.items():
            if key == "__type" and union:
                continue
            if key not in by_wire_name:
                cased = [n for n in by_wire_name if n.lower() == key.lower()]
                self.add("unknown-member", f"{path}.{key}", f"{shape.name}{f'; case of {cased[0]}' if cased else ''}")
            else:
                self._present(by_wire_name[key], item, f"{path}.{key}", form, shape.name)
        for name in shape.required_members:
            if (only is None or name in only) and wire_name(shape.members[name], name) not in value:
                self.add("missing-required", f"{path}.{name}", shape.name)
        if union and len([k for k, v in value.items() if k != "__type" and v is not None]) != 1:
            self.add("union", path, f"want exactly one member, got {list(value)}")

    def _bounds(self, shape, number, path, kind):
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if (low is not None and number < float(low)) or (high is not None and number > float(high)):
            self.add(kind, path, f"{shape.name}: {number} not in [{low},{high}]")

    def _scalar(self, shape, value, path, form):
        kind = shape.type_name
        as_text = form in ("xml", "header")
        if kind in ("string", "char", "character"):
            right = isinstance(value, str)
            if right:
                self._string(shape, value, path)
        elif kind in INTEGERS:
            if as_text and re.fullmatch(r"-?\d+", value):
                value = int(value)
            right = isinstance(value, int) and not isinstance(value, bool)
            if right:
                self._bounds(shape, value, path, "range")
        elif kind in FLOATS:
            right, number = self._float(value, as_text)
            if right and number == number:
                self._bounds(shape, number, path, "range")
        elif kind == "boolean":
            right = isinstance(value, bool) or (as_text and value in ("true", "false"))
        elif kind == "timestamp":
            right = self._timestamp(shape, value, form)
        else:
            right = self._blob(value, form)
        if not right:
            self.add("type", path, f"want {kind} ({form}), got {type(value).__name__} {str(value)[:50]!r}")

    def _string(self, shape, value, path):
        if shape.enum and value not in shape.enum:
            self.add("enum", path, f"{shape.name}: {value!r}")
        self._bounds(shape, len(value), path, "length")
        if pattern := shape.metadata.get("pattern"):
            if pattern not in self._patterns:
                self._patterns[pattern] = compile_pattern(pattern)
            if not self._patterns[pattern].fullmatch(value):
                self.add("pattern", path, f"{shape.name}: {value[:60]!r} !~ {pattern}")

    @staticmethod
    def _float(value, as_text):
        if isinstance(value, str) and (as_text or value in ("NaN", "Infinity", "-Infinity")):
            try:
                return True, float(value)
            except ValueError:
                return False, None
        return isinstance(value, (int, float)) and not isinstance(value, bool), value

    @staticmethod
    def _timestamp(shape, value, form):
        if form == "cbor":
            return isinstance(value, datetime.datetime)
        if form == "xml" or shape.serialization.get("timestampFormat") == "iso8601":
            return isinstance(value, str) and ISO_8601.fullmatch(value) is not None
        return form != "json" or (isinstance(value, (int, float)) and not isinstance(value, bool))

    @staticmethod
    def _blob(value, form):
        if form == "cbor":
            return isinstance(value, bytes)
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            return False
        return True

    # awsQuery: XML.

    def _xml_envelope(self, model, operation_model, body, shape):
        root, namespace = ET.fromstring(body), f"{{{model.metadata['xmlNamespace']}}}"
        if root.tag != f"{namespace}{operation_model.name}Response":
            self.add("envelope", "", f"root is {root.tag}")
        children = {local(child): child for child in root}
        metadata = children.pop("ResponseMetadata", None)
        if metadata is None or metadata.find(f"{namespace}RequestId") is None:
            self.add("envelope", "ResponseMetadata.RequestId", "absent")
        if shape is not None:
            wrapper = shape.serialization.get("resultWrapper")
            result = children.pop(wrapper, None)
            if result is None:
                self.add("envelope", wrapper or "", "result wrapper absent")
            else:
                self._xml(shape, result, "")
        for name in children:
            self.add("unknown-member", name, "beside the result wrapper")

    def _xml(self, shape, element, path):
        if shape.type_name == "structure":
            self._xml_structure(shape, element, path)
        elif shape.type_name == "list":
            want = shape.member.serialization.get("name", "member")
            for index, child in enumerate(element):
                if local(child) != want:
                    self.add("unknown-member", f"{path}.{local(child)}", f"list item must be <{want}>")
                else:
                    self._xml(shape.member, child, f"{path}[{index}]")
            self._bounds(shape, len(element), path, "length")
        elif shape.type_name == "map":
            if any(local(entry) != "entry" for entry in element):
                self.add("unknown-member", path, "map item must be <entry>")
        else:
            self._scalar(shape, element.text or "", path, "xml")

    def _xml_structure(self, shape, element, path):
        by_wire_name = {wire_name(s, n): s for n, s in shape.members.items()}
        seen = collections.Counter(local(child) for child in element)
        for child in element:
            if local(child) in by_wire_name:
                self._xml(by_wire_name[local(child)], child, f"{path}.{local(child)}")
        for tag, count in seen.items():
            if tag not in by_wire_name:
                self.add("unknown-member", f"{path}.{tag}", shape.name)
            elif count > 1 and not by_wire_name[tag].serialization.get("flattened"):
                self.add("duplicate-key", f"{path}.{tag}")
        for name in shape.required_members:
            if wire_name(shape.members[name], name) not in seen:
                self.add("missing-required", f"{path}.{name}", shape.name)

    # Errors.

    def _error(self, protocol, model, operation_model, response, body):
        codes = {s.name: s for s in operation_model.error_shapes}
        codes |= {s.metadata.get("error", {}).get("code", s.name): s for s in operation_model.error_shapes}
        if protocol == "query":
            return self._xml_error(model, codes, body)
        decode = Cbor().load if protocol == "smithy-rpc-v2-cbor" else self._json
        members, headers = decode(body) if body else {}, response["headers"]
        raw = members.get("__type")
        if protocol == "rest-json":
            raw = headers.get("x-amzn-errortype") or raw
            if not headers.get("x-amzn-errortype"):
                self.add("error-type", "X-Amzn-ErrorType", "header absent")
        if not raw:
            return self.add("error-type", "__type", f"absent: {body[:100]!r}")
        code = raw.split(":")[0].rsplit("#", 1)[-1]
        self._error_code(model, codes, code, members)
        queries = model.metadata.get("awsQueryCompatible") is not None
        silent = queries or code in ("SerializationException", "UnknownOperationException")
        if not silent and not members.keys() & {"message", "Message"}:
            self.add("error-message", "", f"no message: {body[:100]!r}")
        if queries and not re.fullmatch(r"[^;]+;(Sender|Receiver)", headers.get("x-amzn-query-error") or ""):
            self.add("error-query-header", "x-amzn-query-error", repr(headers.get("x-amzn-query-error")))

    def _error_code(self, model, codes, code, members):
        shape = codes.get(code)
        if shape is None:
            if code in {s.name for s in model.error_shapes}:
                self.add("error-code", "", f"{code} is not declared by this operation")
            elif code not in COMMON_ERRORS:
                self.add("error-code", "", f"unknown code {code!r}")
            return
        status = shape.metadata.get("error", {}).get("httpStatusCode")
        if status and status != self._status:
            self.add("error-status", "", f"{code} wants {status}")
        for name in members:
            if name != "__type" and shape.members and name not in shape.members and (code, name) not in UNDECLARED:
                self.add("error-member", name, f"{code} has {sorted(shape.members)}")

    def _xml_error(self, model, codes, body):
        root, namespace = ET.fromstring(body), f"{{{model.metadata['xmlNamespace']}}}"
        if root.tag != f"{namespace}ErrorResponse":
            self.add("error-envelope", "", f"root is {root.tag}")
        if root.findtext(f".//{namespace}Type") not in ("Sender", "Receiver"):
            self.add("error-envelope", "Error.Type", "neither Sender nor Receiver")
        if root.find(f"{namespace}RequestId") is None:
            self.add("error-envelope", "RequestId", "absent")
        code = root.findtext(f".//{namespace}Code")
        if code not in codes and code not in COMMON_ERRORS:
            self.add("error-code", "", f"undeclared {code!r}")
