// `/openapi/v2` as clients in Go read it: kubectl accepts nothing else when it does not find a kind in version 3. The
// messages and their numbers are those of github.com/google/gnostic, openapiv2/OpenAPIv2.proto.

type Json = Readonly<Record<string, unknown>>;
type Encode = (value: never) => Buffer;

/** What such a client asks for. */
export const OPEN_API_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Whether an Accept header wants protobuf and nothing else of `/openapi/v2`. */
export function wantsOpenApiProtobuf(accept: string | undefined): boolean {
  return accept?.includes('com.github.proto-openapi.spec.v2') === true && !/application\/json|\*\/\*/.test(accept);
}

/** A document of `/openapi/v2` in protobuf. What clients never look at there (tags, formats of parameters) is left out. */
export function encodeSwagger(document: Json): Buffer {
  return message(document, {
    swagger: [1, text],
    info: [2, (info: Json) => message(info, { title: [1, text], version: [2, text] })],
    paths: [8, (paths: Json) => named(paths, 2, pathItem)],
    definitions: [9, (definitions: Json) => named(definitions, 1, schema)],
  });
}

/** Of each key that a message knows: its number, and how its value is written. */
type Fields = Readonly<Record<string, readonly [number, Encode]>>;

function message(value: Json, fields: Fields): Buffer {
  const pieces: Buffer[] = [];
  for (const [key, [number, encode]] of Object.entries(fields)) {
    const each = value[key];
    if (each !== undefined) pieces.push(field(number, encode(each as never)));
  }
  return Buffer.concat(pieces);
}

const WIRE_BYTES = 2;

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + WIRE_BYTES), varint(bytes.length), bytes]);
}

function flag(number: number, value: unknown): Buffer {
  return value === true ? Buffer.concat([varint(number * 8), varint(1)]) : Buffer.alloc(0);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function text(value: string): Buffer {
  return Buffer.from(String(value));
}

/** A list of texts stands in the message as one field a text. */
function texts(number: number, value: unknown): Buffer {
  return Buffer.concat(Array.isArray(value) ? value.map((each) => field(number, text(each))) : []);
}

/** A map is a list of names and values. */
function named(map: Json, number: number, encode: Encode): Buffer {
  const entries = Object.entries(map).map(([name, value]) =>
    field(number, Buffer.concat([field(1, text(name)), field(2, encode(value as never))])),
  );
  return Buffer.concat(entries);
}

/** The `x-…` keys: their values are YAML, of which JSON is a part. */
function extensions(number: number, value: Json): Buffer {
  const own = Object.fromEntries(Object.entries(value).filter(([key]) => key.startsWith('x-')));
  return named(own, number, (each: unknown) => field(2, text(JSON.stringify(each))));
}

const SCHEMA: Fields = {
  $ref: [1, text],
  format: [2, text],
  title: [3, text],
  description: [4, text],
  default: [5, (value: unknown) => field(2, text(JSON.stringify(value)))],
  additionalProperties: [21, additionalProperties],
  type: [22, (type: string | readonly string[]) => texts(1, [type].flat())],
  items: [23, (items: Json) => field(1, schema(items))],
  properties: [25, (properties: Json) => named(properties, 1, schema)],
};

function schema(value: Json): Buffer {
  return Buffer.concat([message(value, SCHEMA), texts(19, value['required']), extensions(31, value)]);
}

function additionalProperties(value: Json | boolean): Buffer {
  return typeof value === 'boolean' ? flag(2, value) : field(1, schema(value));
}

function pathItem(value: Json): Buffer {
  const methods: Fields = {
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    patch: [8, operation],
  };
  return Buffer.concat([message(value, methods), parameters(9, value['parameters'])]);
}

function operation(value: Json): Buffer {
  return Buffer.concat([
    message(value, { description: [3, text], operationId: [5, text] }),
    texts(6, value['produces']),
    texts(7, value['consumes']),
    parameters(8, value['parameters']),
    field(
      9,
      named((value['responses'] ?? {}) as Json, 1, (each: Json) => field(1, response(each))),
    ),
    texts(10, value['schemes']),
    extensions(13, value),
  ]);
}

function response(value: Json): Buffer {
  return message(value, { description: [1, text], schema: [2, (each: Json) => field(1, schema(each))] });
}

function parameters(number: number, value: unknown): Buffer {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [];
  return Buffer.concat(list.map((each) => field(number, field(1, parameter(each)))));
}

const BODY_PARAMETER: Fields = { description: [1, text], name: [2, text], in: [3, text], schema: [5, schema] };
const QUERY_PARAMETER: Fields = { in: [2, text], description: [3, text], name: [4, text], type: [6, text] };
const PATH_PARAMETER: Fields = { in: [2, text], description: [3, text], name: [4, text], type: [5, text] };

function parameter(value: Json): Buffer {
  const required = value['required'];
  if (value['in'] === 'body') return field(1, Buffer.concat([message(value, BODY_PARAMETER), flag(4, required)]));
  const isPath = value['in'] === 'path';
  const own = Buffer.concat([flag(1, required), message(value, isPath ? PATH_PARAMETER : QUERY_PARAMETER)]);
  return field(2, field(isPath ? 4 : 3, own));
}
