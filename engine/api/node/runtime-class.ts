import { sameValue } from '../copy-on-write.ts';
import { immutable, invalid } from '../field-errors.ts';
import type { RuntimeClass } from '../kinds.ts';
import { checkLabel1123 } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/concepts/containers/runtime-class/ */
export const runtimeClass = storedKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  ...validation<RuntimeClass>({
    namespaced: false,
    validate(errors, { handler = '' }) {
      for (const detail of checkLabel1123(handler)) errors.push(invalid('handler', handler, detail));
    },
    validateChange(errors, next, previous) {
      if (!sameValue(next.handler, previous.handler)) errors.push(immutable('handler', next.handler));
    },
  }),
  columns: [
    nameColumn,
    column(
      'Handler',
      'handler specifies the underlying runtime and configuration that the CRI implementation will use to handle pods of this class. The possible values are specific to the node & CRI configuration.  It is assumed that all handlers are available on every node, and handlers of the same name are equivalent on every node. For example, a handler called "runc" might specify that the runc OCI runtime (using native Linux containers) will be used to run the containers in a pod. The Handler must be lowercase, conform to the DNS Label (RFC 1123) requirements, and is immutable.',
      ({ handler }) => handler ?? '',
    ),
    ageColumn,
  ],
});
