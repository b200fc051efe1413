import type { Verb } from '../../api/descriptor.ts';
import type { OpenApiSchema } from './schemas.ts';

// What can be done at a path, as data: the documents' operations derive from it.

export const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required?: true;
  readonly schema: OpenApiSchema;
}

const STRING = { type: 'string' };
const BOOLEAN = { type: 'boolean' };
const INTEGER = { type: 'integer' };

function query(schema: OpenApiSchema, ...names: string[]): readonly Parameter[] {
  return names.map((name) => ({ name, in: 'query', schema }));
}

export function pathParameter(name: string): Parameter {
  return { name, in: 'path', required: true, schema: STRING };
}

export const PRETTY = query(STRING, 'pretty');

const WRITE = query(STRING, 'dryRun', 'fieldManager', 'fieldValidation');
const PATCH = [...WRITE, ...query(BOOLEAN, 'force')];
const DELETE = [
  ...query(STRING, 'dryRun', 'propagationPolicy'),
  ...query(INTEGER, 'gracePeriodSeconds'),
  ...query(BOOLEAN, 'orphanDependents'),
];
const LIST = [
  ...query(BOOLEAN, 'allowWatchBookmarks', 'sendInitialEvents', 'watch'),
  ...query(STRING, 'continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'),
  ...query(INTEGER, 'limit', 'timeoutSeconds'),
];
const STREAMS = [...query(BOOLEAN, 'stderr', 'stdin', 'stdout', 'tty'), ...query(STRING, 'container')];
const LOG = [
  ...query(BOOLEAN, 'follow', 'previous', 'timestamps'),
  ...query(STRING, 'container'),
  ...query(INTEGER, 'limitBytes', 'sinceSeconds', 'tailLines'),
];

/** The documents' own names of verbs. */
type Action = 'connect' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'post' | 'put';

export interface Operation {
  readonly method: 'delete' | 'get' | 'head' | 'options' | 'patch' | 'post' | 'put';
  readonly action: Action;
  readonly parameters: readonly Parameter[];
  readonly body: 'none' | 'object' | 'options' | 'patch';
  /** What comes back: the object unless told. */
  readonly answer?: 'list' | 'status' | 'text';
  /** Without which a kind has not this operation. */
  readonly verb?: Verb;
}

const READ: Operation = { method: 'get', action: 'get', parameters: [], body: 'none', verb: 'get' };
const REPLACE: Operation = { method: 'put', action: 'put', parameters: WRITE, body: 'object', verb: 'update' };
const MODIFY: Operation = { method: 'patch', action: 'patch', parameters: PATCH, body: 'patch', verb: 'patch' };
const MAKE: Operation = { method: 'post', action: 'post', parameters: WRITE, body: 'object' };

export const LIST_OPERATION: Operation = {
  method: 'get',
  action: 'list',
  parameters: LIST,
  body: 'none',
  answer: 'list',
  verb: 'list',
};

export const COLLECTION: readonly Operation[] = [
  LIST_OPERATION,
  { ...MAKE, verb: 'create' },
  {
    method: 'delete',
    action: 'deletecollection',
    parameters: [...DELETE, ...LIST],
    body: 'options',
    answer: 'status',
    verb: 'deletecollection',
  },
];

export const OBJECT: readonly Operation[] = [
  READ,
  REPLACE,
  MODIFY,
  { method: 'delete', action: 'delete', parameters: DELETE, body: 'options', answer: 'status', verb: 'delete' },
];

/** What a subresource takes and gives, where it is not its parent. */
export interface Subject {
  readonly schema: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Subresource {
  readonly operations: readonly Operation[];
  readonly subject?: Subject;
}

const PART = [READ, REPLACE, MODIFY];

function connect(kind: string, parameters: readonly Parameter[]): Subresource {
  const common = { action: 'connect', parameters, body: 'none', answer: 'text' } as const;
  return {
    operations: [
      { method: 'get', ...common },
      { method: 'post', ...common },
    ],
    subject: { schema: '', group: '', version: 'v1', kind },
  };
}

/** What is handed on to somebody behind the object; below it, any path of theirs. */
export function proxied(kind: string): Subresource {
  const common = { action: 'connect', parameters: query(STRING, 'path'), body: 'none', answer: 'text' } as const;
  const methods = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put'] as const;
  return {
    operations: methods.map((method) => ({ method, ...common })),
    subject: { schema: '', group: '', version: 'v1', kind: `${kind}ProxyOptions` },
  };
}

function made(schema: string, group: string, kind: string): Subresource {
  return { operations: [MAKE], subject: { schema, group, version: 'v1', kind } };
}

export const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  approval: { operations: PART },
  attach: connect('PodAttachOptions', STREAMS),
  binding: made('io.k8s.api.core.v1.Binding', '', 'Binding'),
  ephemeralcontainers: { operations: PART },
  eviction: made('io.k8s.api.policy.v1.Eviction', 'policy', 'Eviction'),
  exec: connect('PodExecOptions', [...STREAMS, ...query(STRING, 'command')]),
  finalize: { operations: [REPLACE] },
  log: { operations: [{ ...READ, parameters: LOG, answer: 'text' }] },
  portforward: connect('PodPortForwardOptions', query(INTEGER, 'ports')),
  resize: { operations: PART },
  scale: {
    operations: PART,
    subject: { schema: 'io.k8s.api.autoscaling.v1.Scale', group: 'autoscaling', version: 'v1', kind: 'Scale' },
  },
  status: { operations: PART },
  token: made('io.k8s.api.authentication.v1.TokenRequest', 'authentication.k8s.io', 'TokenRequest'),
};
