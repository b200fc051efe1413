import type { Task } from '../../sim/index.ts';
import type { Message, MessageInput, MessageSet } from '../protobuf.ts';

/** Request and answer of a method; `stream` before the answer when the server sends any number of them. */
type MethodDescriptor = readonly [request: string, answer: string];

/**
 * A service as data:
 * `{ name: 'v1beta1.DevicePlugin', messages, methods: { Allocate: ['AllocateRequest', 'AllocateResponse'] } }`.
 */
export interface ServiceDescriptor {
  /** With its package. */
  readonly name: string;
  readonly messages: MessageSet;
  readonly methods: Readonly<Record<string, MethodDescriptor>>;
}

export type MethodName<D extends ServiceDescriptor> = keyof D['methods'] & string;

type Request<D extends ServiceDescriptor, M extends MethodName<D>> = Message<D['messages'], D['methods'][M][0]>;
export type RequestInput<D extends ServiceDescriptor, M extends MethodName<D>> = MessageInput<
  D['messages'],
  D['methods'][M][0]
>;

type AnswerName<D extends ServiceDescriptor, M extends MethodName<D>> = D['methods'][M][1] extends `stream ${infer T}`
  ? T
  : D['methods'][M][1];

export type Answer<D extends ServiceDescriptor, M extends MethodName<D>> = Message<D['messages'], AnswerName<D, M>>;
type AnswerInput<D extends ServiceDescriptor, M extends MethodName<D>> = MessageInput<D['messages'], AnswerName<D, M>>;

/** The server's end of a call. */
export interface ServerCall<T> {
  /** Sends one more answer; only where the method streams. */
  send(answer: T): Task<void>;
}

type Handler<D extends ServiceDescriptor, M extends MethodName<D>> = D['methods'][M][1] extends `stream ${string}`
  ? (request: Request<D, M>, call: ServerCall<AnswerInput<D, M>>) => Task<void>
  : (request: Request<D, M>) => AnswerInput<D, M> | Task<AnswerInput<D, M>>;

/** What the methods of a service do; those that are left out are answered with Unimplemented. */
export type Handlers<D extends ServiceDescriptor> = { readonly [M in MethodName<D>]?: Handler<D, M> };

/** A service and what its methods do, ready to be served. */
export interface Implementation {
  readonly service: ServiceDescriptor;
  readonly handlers: Readonly<
    Record<string, ((request: never, call: ServerCall<never>) => object | Task<object | void>) | undefined>
  >;
}

/** Ties handlers to the service that they are for. */
export function implement<const D extends ServiceDescriptor>(service: D, handlers: Handlers<D>): Implementation {
  return { service, handlers: handlers as unknown as Implementation['handlers'] };
}

/** The name of an answer's message, and whether there may be several. */
export function answerOf(
  service: ServiceDescriptor,
  method: string,
): { readonly name: string; readonly streams: boolean } {
  const answer = service.methods[method]![1];
  const streams = answer.startsWith('stream ');
  return { name: streams ? answer.slice('stream '.length) : answer, streams };
}
