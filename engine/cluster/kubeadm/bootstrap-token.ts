import type { Secret } from '../../api/kinds.ts';
import { secrets } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';
import { sayOf } from '../../kube-controller-manager/bootstrap/token-work.ts';
import type { Process } from '../../linux/syscalls.ts';
import { randomBytes } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { ask } from './api.ts';
import { KubeadmError } from './command.ts';

const NAMESPACE = 'kube-system';
const TYPE = 'bootstrap.kubernetes.io/token';
const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 6;
const SECRET_LENGTH = 16;
const ID = /^[a-z0-9]{6}$/;
const FORM = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;

/** https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/ */
export interface BootstrapToken {
  readonly id: string;
  readonly secret: string;
  readonly description: string;
  /** Milliseconds since 1970; undefined for one that does not end. */
  readonly expiresMs: number | undefined;
  readonly usages: readonly string[];
  readonly groups: readonly string[];
}

export function tokenText({ id, secret }: Pick<BootstrapToken, 'id' | 'secret'>): string {
  return `${id}.${secret}`;
}

/** @throws KubeadmError */
export function readTokenText(text: string): Pick<BootstrapToken, 'id' | 'secret'> {
  const [, id, secret] = FORM.exec(text) ?? [];
  if (id !== undefined && secret !== undefined) return { id, secret };
  throw new KubeadmError(
    `the bootstrap token ${JSON.stringify(text)} was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
  );
}

export function* generateToken(process: Process): Task<Pick<BootstrapToken, 'id' | 'secret'>> {
  const bytes = yield* randomBytes(process, ID_LENGTH + SECRET_LENGTH);
  const text = [...bytes].map((byte) => CHARACTERS[byte % CHARACTERS.length]).join('');
  return { id: text.slice(0, ID_LENGTH), secret: text.slice(ID_LENGTH) };
}

/** @throws KubeadmError */
export function* createToken(process: Process, client: Client, token: BootstrapToken): Task<void> {
  const metadata = { name: secretName(token.id), namespace: NAMESPACE };
  const data = Object.fromEntries(Object.entries(saidOf(token)).map(([key, value]) => [key, btoa(value)]));
  const create = () => {
    try {
      return client.resource(secrets).create({ apiVersion: 'v1', kind: 'Secret', metadata, type: TYPE, data });
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
      throw new KubeadmError(`a token with id ${JSON.stringify(token.id)} already exists`);
    }
  };
  yield* ask(process, create, `failed to create or update bootstrap token with name ${metadata.name}`);
}

function saidOf({ id, secret, description, expiresMs, usages, groups }: BootstrapToken): Record<string, string> {
  return {
    'token-id': id,
    'token-secret': secret,
    ...(description === '' ? {} : { description }),
    ...(expiresMs === undefined ? {} : { expiration: timeText(expiresMs) }),
    ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
    ...(groups.length === 0 ? {} : { 'auth-extra-groups': groups.join(',') }),
  };
}

/** @throws KubeadmError */
export function* listTokens(process: Process, client: Client): Task<readonly BootstrapToken[]> {
  const list = () => client.resource<Secret>(secrets).list({ namespace: NAMESPACE, fieldSelector: `type=${TYPE}` });
  const { items } = yield* ask(process, list, 'failed to list bootstrap tokens');
  return items.map((secret) => {
    const expiration = sayOf(secret, 'expiration');
    return {
      id: sayOf(secret, 'token-id'),
      secret: sayOf(secret, 'token-secret'),
      description: sayOf(secret, 'description'),
      expiresMs: expiration === '' ? undefined : Date.parse(expiration),
      usages: ['authentication', 'signing'].filter((usage) => sayOf(secret, `usage-bootstrap-${usage}`) === 'true'),
      groups: sayOf(secret, 'auth-extra-groups')
        .split(',')
        .filter((group) => group !== ''),
    };
  });
}

/** @param text the whole token, or its id. @throws KubeadmError */
export function* deleteToken(process: Process, client: Client, text: string): Task<string> {
  const id = ID.test(text) ? text : FORM.exec(text)?.[1];
  if (id === undefined) {
    const pattern = '"\\\\A[a-z0-9]{6}\\\\z"';
    throw new KubeadmError(`given token ${JSON.stringify(text)} didn't match pattern ${pattern} or ${pattern}`);
  }
  const remove = () => client.resource(secrets).delete(secretName(id), NAMESPACE);
  yield* ask(process, remove, `failed to delete bootstrap token ${JSON.stringify(id)}`);
  return id;
}

function secretName(id: string): string {
  return `bootstrap-token-${id}`;
}

/** RFC 3339, whole seconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
