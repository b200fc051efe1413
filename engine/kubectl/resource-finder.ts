import { StatusError } from '../api/status-error.ts';
import type { Task } from '../sim/index.ts';
import { CommandError, isExpected, isStatus } from './command-error.ts';
import type { ApiResource } from './discovery.ts';
import type { Invocation } from './invocation.ts';
import { givesFiles, isLocal, type ManifestObject, readManifests } from './manifest-files.ts';
import { parseResourceArgs } from './resource-args.ts';
import type { Unstructured } from './unstructured.ts';

/** An object that a command works on. */
export interface Found {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: Unstructured;
  /** The manifest it was named by, if it was. */
  readonly source?: string;
}

export interface FindOptions {
  /** Arguments to read instead of the invocation's. */
  readonly args?: readonly string[];
  /** Whether a resource without names or selector means all of its objects. */
  readonly listAll?: boolean;
  /** False where `--selector` says something else than which objects are meant. */
  readonly selects?: boolean;
}

export interface Findings {
  readonly found: readonly Found[];
  readonly errors: readonly Error[];
  /** Whether objects were asked for one by one, so that none is an error. */
  readonly byName: boolean;
}

export const NOTHING_GIVEN = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** The live objects that the arguments, `-f`, `-l`, `--field-selector`, `--all` and `-A` ask for. */
export function* findObjects(invocation: Invocation, options: FindOptions = {}): Task<Findings> {
  const { flags } = invocation;
  const args = options.args ?? invocation.args;
  if (isLocal(invocation)) return yield* findInFiles(invocation);
  if (givesFiles(flags)) {
    if (args.length > 0) {
      throw new CommandError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    }
    return yield* findByFiles(invocation);
  }
  if (args.length === 0) throw new CommandError(NOTHING_GIVEN);
  return yield* findByArgs(invocation, args, options);
}

function* findByArgs(invocation: Invocation, args: readonly string[], options: FindOptions): Task<Findings> {
  const found: Found[] = [];
  const errors: Error[] = [];
  let byName = false;
  for (const { resource, names } of parseResourceArgs(invocation.discovery, args)) {
    if (names === undefined) {
      const listed = () => findByList(invocation, resource, options.listAll ?? false);
      found.push(...(yield* invocation.patiently(listed)));
      continue;
    }
    byName = true;
    if (options.selects !== false) checkNamed(invocation, resource);
    for (const name of names) yield* collect(invocation, errors, () => found.push(getOne(invocation, resource, name)));
  }
  return { found, errors, byName };
}

/** Selectors and `-A` make no sense for objects asked for by name. */
export function checkNamed(invocation: Invocation, resource: ApiResource): void {
  const { flags } = invocation;
  if (flagString(invocation, 'selector') !== '' || flagString(invocation, 'field-selector') !== '') {
    throw new CommandError('name cannot be provided when a selector is specified');
  }
  if (flags.has('all-namespaces') && flags.bool('all-namespaces') && resource.namespaced) {
    throw new CommandError('a resource cannot be retrieved by name across all namespaces');
  }
}

function findByList(invocation: Invocation, resource: ApiResource, listAll: boolean): readonly Found[] {
  const { flags } = invocation;
  const labelSelector = flagString(invocation, 'selector');
  const fieldSelector = flagString(invocation, 'field-selector');
  const all = (flags.has('all') && flags.bool('all')) || listAll;
  if (!all && labelSelector === '' && fieldSelector === '') {
    throw new CommandError('resource(s) were provided, but no name was specified');
  }
  const namespace = listNamespace(invocation, resource);
  const objects = explainingList(resource, labelSelector, fieldSelector, () =>
    invocation.list(resource, {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === '' ? {} : { labelSelector }),
      ...(fieldSelector === '' ? {} : { fieldSelector }),
    }),
  );
  return objects.map((object) => foundObject(resource, object));
}

/** Lists, and says what was to be listed when the server refuses. */
export function explainingList<T>(resource: ApiResource, labels: string, fields: string, list: () => T): T {
  try {
    return list();
  } catch (error) {
    if (!isStatus(error, 'BadRequest') && !isStatus(error, 'NotFound')) throw error;
    const { status } = error as StatusError;
    const what = JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.plural}`);
    const action =
      labels === '' && fields === ''
        ? `Unable to list ${what}`
        : `Unable to find ${what} that match label selector ${JSON.stringify(labels)}, field selector ${JSON.stringify(fields)}`;
    throw new StatusError({ ...status, message: `${action}: ${status.message ?? ''}` });
  }
}

/** The namespace to list in: none for all of them and for cluster-scoped resources. */
export function listNamespace(invocation: Invocation, resource: ApiResource): string | undefined {
  const { flags } = invocation;
  if (!resource.namespaced) return undefined;
  return flags.has('all-namespaces') && flags.bool('all-namespaces') ? undefined : invocation.namespace;
}

function flagString(invocation: Invocation, name: string): string {
  return invocation.flags.has(name) ? invocation.flags.string(name) : '';
}

function getOne(invocation: Invocation, resource: ApiResource, name: string, source?: string): Found {
  const namespace = resource.namespaced ? invocation.namespace : undefined;
  return foundObject(resource, invocation.get(resource, name, namespace), source);
}

export function foundObject(resource: ApiResource, object: Unstructured, source?: string): Found {
  const { name, namespace } = object.metadata;
  return { resource, namespace, name, object, ...(source === undefined ? {} : { source }) };
}

function* findByFiles(invocation: Invocation): Task<Findings> {
  const manifests = yield* readManifests(invocation.process, invocation.streams, invocation.flags);
  const found: Found[] = [];
  const errors: Error[] = [...manifests.errors];
  for (const manifest of manifests.objects) {
    yield* collect(invocation, errors, () => {
      const { resource, namespace, name } = locate(invocation, manifest);
      found.push(foundObject(resource, invocation.get(resource, name, namespace), manifest.source));
    });
  }
  return { found, errors, byName: true };
}

/** With `--local` what stands in the manifests is all there is. */
function* findInFiles(invocation: Invocation): Task<Findings> {
  const { objects, errors } = yield* readManifests(invocation.process, invocation.streams, invocation.flags);
  const found = objects.map(({ object, source }): Found => {
    const [version = '', group = ''] = object.apiVersion.split('/').reverse();
    const singular = object.kind.toLowerCase();
    const resource = { group, version, kind: object.kind, plural: singular, singular, namespaced: true };
    const { name = '', namespace } = object.metadata ?? {};
    const known = { shortNames: [], categories: [], verbs: [], subresources: [] };
    return { resource: { ...resource, ...known }, namespace, name, object, source };
  });
  return { found, errors, byName: true };
}

/** Which resource a manifest's object belongs to, and the namespace it goes into. */
export function locate(invocation: Invocation, manifest: ManifestObject): Omit<Found, 'object'> {
  const { object, source } = manifest;
  const { name = '', namespace: own = '' } = object.metadata ?? {};
  const resource = invocation.discovery.forKind(object.apiVersion, object.kind);
  if (resource === undefined) {
    throw new CommandError(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(own)} ` +
        `from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} ` +
        `in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`,
    );
  }
  if (!resource.namespaced) return { resource, namespace: undefined, name, source };
  if (own !== '' && invocation.namespaceGiven && own !== invocation.namespace) {
    throw new CommandError(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ` +
        `${JSON.stringify(invocation.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  return { resource, namespace: own === '' ? invocation.namespace : own, name, source };
}

/** Takes a step for one object; an expected failure is kept so that the others get their turn. */
export function* collect(invocation: Invocation, errors: Error[], step: () => void): Task<void> {
  try {
    yield* invocation.patiently(step);
  } catch (error) {
    if (!isExpected(error)) throw error;
    errors.push(error);
  }
}

/** The same for a step that waits. */
export function* collectTask(errors: Error[], step: Task<void>): Task<void> {
  try {
    yield* step;
  } catch (error) {
    if (!isExpected(error)) throw error;
    errors.push(error);
  }
}
