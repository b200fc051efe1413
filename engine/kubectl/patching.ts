import { applyJsonPatch } from '../api/patch/json-patch.ts';
import { applyMergePatch } from '../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../api/patch/strategic-merge-patch.ts';
import type { PatchType } from '../client/client.ts';
import type { Invocation } from './invocation.ts';
import { isLocal } from './manifest-files.ts';
import type { Found } from './resource-finder.ts';
import { isBuiltIn, schemaName } from './schema-name.ts';
import type { Unstructured } from './unstructured.ts';

/** Patches on the server; with `--local` or `--dry-run=client` only what will be printed is patched. */
export function patchFound(
  invocation: Invocation,
  found: Found,
  type: PatchType,
  body: unknown,
  options: { readonly subresource?: string } = {},
): Unstructured {
  const { resource, name, namespace } = found;
  if (!isLocal(invocation) && invocation.dryRun !== 'client')
    return invocation.patch(resource, name, namespace, type, body, options);
  return patched(found, type, body);
}

function patched({ resource, object }: Found, type: PatchType, body: unknown): Unstructured {
  if (type === 'json') return applyJsonPatch(object, body) as Unstructured;
  const schema = schemaName(resource);
  return type === 'strategic-merge' && isBuiltIn(resource)
    ? (applyStrategicMergePatch(schema, object, body as object) as Unstructured)
    : (applyMergePatch(object, body) as Unstructured);
}
