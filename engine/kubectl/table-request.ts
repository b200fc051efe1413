import type { ListOptions } from '../client/client.ts';
import { isExpected } from './command-error.ts';
import type { ApiResource } from './discovery.ts';
import type { GetTarget } from './get-target.ts';
import type { Invocation } from './invocation.ts';
import { type AnsweredObject, asTable } from './output/object-table.ts';
import type { Table } from './output/table-printer.ts';
import { explainingList, listNamespace } from './resource-finder.ts';
import type { Unstructured } from './unstructured.ts';

/** What asks the server for a Table; a server that knows none sends the object. */
const TABLE_ACCEPT =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

/** With `--server-print=false` kubectl makes a table of its own, of names and ages. */
export function tableAccept({ flags }: Invocation): string {
  return flags.bool('server-print') ? TABLE_ACCEPT : 'application/json';
}

/** The namespace of a target: where its manifest says, else the one in force. */
function namespaceOf(invocation: Invocation, { resource, namespace }: GetTarget): string | undefined {
  if (!resource.namespaced) return undefined;
  return namespace ?? invocation.namespace;
}

/** The rows for a target, in as many requests as it takes; failures for single names go to `errors`. */
export function fetchTable(invocation: Invocation, target: GetTarget, errors: Error[]): Table | undefined {
  const { resource, names } = target;
  const pieces: Table[] = [];
  if (names === undefined) {
    const path = invocation.path(resource, listNamespace(invocation, resource));
    const limit = invocation.flags.int('chunk-size');
    for (let next = ''; ; ) {
      const table = explained(invocation, resource, () =>
        requestTable(invocation, path, {
          ...selectorQuery(invocation),
          ...(limit > 0 ? { limit: String(limit) } : {}),
          ...(next === '' ? {} : { continue: next }),
        }),
      );
      pieces.push(table);
      next = table.metadata?.continue ?? '';
      if (next === '') break;
    }
  } else {
    for (const name of names) {
      try {
        const subresource = invocation.flags.string('subresource') || undefined;
        const namespace = namespaceOf(invocation, target);
        const path = invocation.path(resource, namespace, name, subresource);
        pieces.push(invocation.withNamespaceCheck(namespace, () => requestTable(invocation, path, {})));
      } catch (error) {
        if (!isExpected(error)) throw error;
        errors.push(error);
      }
    }
  }
  const [first] = pieces;
  return first === undefined ? undefined : { ...first, rows: pieces.flatMap(({ rows }) => rows ?? []) };
}

function explained<T>({ flags }: Invocation, resource: ApiResource, list: () => T): T {
  return explainingList(resource, flags.string('selector'), flags.string('field-selector'), list);
}

function requestTable(invocation: Invocation, path: string, query: Readonly<Record<string, string>>): Table {
  const response = invocation.client.request({
    method: 'GET',
    path,
    query: { ...query, ...includeObject(invocation) },
    headers: { accept: tableAccept(invocation) },
  });
  return asTable(response.body as AnsweredObject, invocation.now());
}

/** Sorting needs the whole object in each row. */
function includeObject(invocation: Invocation): Readonly<Record<string, string>> {
  return invocation.flags.string('sort-by') === '' ? {} : { includeObject: 'Object' };
}

export function selectorQuery(invocation: Invocation): Pick<ListOptions, 'labelSelector' | 'fieldSelector'> {
  const labelSelector = invocation.flags.string('selector');
  const fieldSelector = invocation.flags.string('field-selector');
  return { ...(labelSelector === '' ? {} : { labelSelector }), ...(fieldSelector === '' ? {} : { fieldSelector }) };
}

/** The objects for a target; failures for single names go to `errors`. */
export function fetchObjects(invocation: Invocation, target: GetTarget, errors: Error[]): readonly Unstructured[] {
  const { resource, names } = target;
  if (names === undefined) {
    const namespace = listNamespace(invocation, resource);
    return explained(invocation, resource, () =>
      invocation.list(resource, { ...(namespace === undefined ? {} : { namespace }), ...selectorQuery(invocation) }),
    );
  }
  return names.flatMap((name) => {
    try {
      const subresource = invocation.flags.string('subresource') || undefined;
      const namespace = namespaceOf(invocation, target);
      const path = invocation.path(resource, namespace, name, subresource);
      const request = { method: 'GET' as const, path };
      return [invocation.withNamespaceCheck(namespace, () => invocation.client.request(request).body as Unstructured)];
    } catch (error) {
      if (!isExpected(error)) throw error;
      errors.push(error);
      return [];
    }
  });
}
