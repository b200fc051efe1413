// Messages described by data, in the words of a .proto file:
//
//   const MESSAGES = {
//     Device: { ID: [1, 'string'], health: [2, 'string'], topology: [3, 'TopologyInfo'] },
//     TopologyInfo: { nodes: [1, 'repeated NUMANode'] },
//     NUMANode: { ID: [1, 'int64'] },
//     Envs: { envs: [1, 'map<string, string>'] },
//     Status: ['UNKNOWN', 'SERVING'],
//   } as const;
//
// A list of names is an enum whose values are the positions. TypeScript reads the types of the objects off the same data.

/** A field's number and its type: a scalar, a message or an enum of the same set; `repeated T`, `map<K, V>`, `optional T`. */
type FieldDescriptor = readonly [number: number, type: string];
export type MessageDescriptor = Readonly<Record<string, FieldDescriptor>>;
export type EnumDescriptor = readonly string[];
export type MessageSet = Readonly<Record<string, MessageDescriptor | EnumDescriptor>>;

/** 64-bit integers are JavaScript numbers: exact up to 2^53. */
interface Scalars {
  readonly string: string;
  readonly bytes: Uint8Array;
  readonly bool: boolean;
  readonly int32: number;
  readonly int64: number;
  readonly uint32: number;
  readonly uint64: number;
  readonly double: number;
}

type Single<S extends MessageSet, T extends string> = T extends keyof Scalars
  ? Scalars[T]
  : T extends keyof S
    ? S[T] extends EnumDescriptor
      ? S[T][number]
      : Message<S, T>
    : never;

type IsMessage<S extends MessageSet, T extends string> = T extends keyof S
  ? S[T] extends EnumDescriptor
    ? false
    : true
  : false;

type Value<S extends MessageSet, T extends string> = T extends `repeated ${infer U}`
  ? readonly Single<S, U>[]
  : T extends `map<${string}, ${infer V}>`
    ? Readonly<Record<string, Single<S, V>>>
    : T extends `optional ${infer U}`
      ? Single<S, U> | undefined
      : IsMessage<S, T> extends true
        ? Single<S, T> | undefined
        : Single<S, T>;

type TypeOf<D> = D extends readonly [number, infer T extends string] ? T : never;

/** A message as it is read: every field is there, with its zero value when it was not sent; messages may be undefined. */
export type Message<S extends MessageSet, M extends keyof S> = {
  readonly [F in keyof S[M]]: Value<S, TypeOf<S[M][F]>>;
};

type SingleInput<S extends MessageSet, T extends string> = T extends keyof Scalars
  ? Scalars[T]
  : T extends keyof S
    ? S[T] extends EnumDescriptor
      ? S[T][number]
      : MessageInput<S, T>
    : never;

type InputValue<S extends MessageSet, T extends string> = T extends `repeated ${infer U}`
  ? readonly SingleInput<S, U>[]
  : T extends `map<${string}, ${infer V}>`
    ? Readonly<Record<string, SingleInput<S, V>>>
    : T extends `optional ${infer U}`
      ? SingleInput<S, U>
      : SingleInput<S, T>;

/** A message as it is written: fields may be left out. */
export type MessageInput<S extends MessageSet, M extends keyof S> = {
  readonly [F in keyof S[M]]?: InputValue<S, TypeOf<S[M][F]>> | undefined;
};

export type Shape = 'single' | 'optional' | 'repeated' | 'map';

/** The type of a field, taken apart. For a map `of` is the values' type; keys are strings or integers. */
export function shapeOf(type: string): { readonly shape: Shape; readonly of: string; readonly key?: string } {
  if (type.startsWith('repeated ')) return { shape: 'repeated', of: type.slice('repeated '.length) };
  if (type.startsWith('optional ')) return { shape: 'optional', of: type.slice('optional '.length) };
  const map = /^map<(\w+), (\w+)>$/.exec(type);
  return map === null ? { shape: 'single', of: type } : { shape: 'map', key: map[1]!, of: map[2]! };
}

export function isEnum(descriptor: MessageDescriptor | EnumDescriptor): descriptor is EnumDescriptor {
  return Array.isArray(descriptor);
}
