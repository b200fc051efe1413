import { type ApiResource, kindName } from './discovery.ts';
import type { Invocation } from './invocation.ts';
import type { TableOptions } from './output/table-printer.ts';
import type { ResourceRequest } from './resource-args.ts';

/** One table of `get`. */
export interface GetTarget extends ResourceRequest {
  /** Where a manifest says the object is; the namespace in force unless told. */
  readonly namespace?: string;
}

/** How the table of a resource is to look, by the flags of `get`. */
export function tableOptions(invocation: Invocation, resource: ApiResource, severalKinds: boolean): TableOptions {
  const { flags } = invocation;
  return {
    wide: flags.string('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces') && resource.namespaced,
    withKind: severalKinds || flags.bool('show-kind') ? kindName(resource) : undefined,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
  };
}
