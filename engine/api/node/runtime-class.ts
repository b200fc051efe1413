import { sameValue } from '../copy-on-write.ts';
import { validateResources } from '../core/resource-validation.ts';
import { validateTolerations } from '../core/toleration-validation.ts';
import { duplicate, immutable, invalidFor } from '../field-errors.ts';
import type { RuntimeClass } from '../kinds.ts';
import { validateLabels } from '../metadata-validation.ts';
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
    validate(errors, { handler = '', overhead, scheduling }) {
      invalidFor(errors, 'handler', handler, checkLabel1123(handler));
      if (overhead?.podFixed !== undefined)
        validateResources(errors, { limits: overhead.podFixed }, 'overhead.podFixed');
      const { nodeSelector, tolerations = [] } = scheduling ?? {};
      if (nodeSelector !== undefined) validateLabels(errors, nodeSelector, 'scheduling.nodeSelector');
      validateTolerations(errors, tolerations, 'scheduling.tolerations');
      tolerations.forEach((toleration, index) => {
        if (tolerations.findIndex((each) => sameValue(each, toleration)) < index) {
          errors.push(duplicate(`scheduling.tolerations[${index}]`, toleration));
        }
      });
    },
    validateChange(errors, next, previous) {
      if (!sameValue(next.handler, previous.handler)) errors.push(immutable('handler', next.handler));
    },
  }),
  columns: [nameColumn, column('Handler', '', ({ handler }) => handler ?? ''), ageColumn],
});
