import { sameValue, withField } from '../copy-on-write.ts';
import type { Service } from '../kinds.ts';
import { storedKind } from '../stored-kind.ts';
import { SERVICE_COLUMNS } from './service-columns.ts';
import { defaultService } from './service-defaults.ts';
import { keepAllocatedValues } from './service-update.ts';
import { validateService, validateServiceUpdate } from './service-validation.ts';

const NO_STATUS = Object.freeze({ loadBalancer: Object.freeze({}) });

// After kubernetes/kubernetes pkg/registry/core/service/strategy.go. Addresses and ports are given out by the server.
export const service = storedKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Service',
  subresources: ['proxy', 'status'],
  applyDefaults: defaultService,
  prepareForCreate: (object) => ({ ...object, status: NO_STATUS }),
  prepareForUpdate(next, previous, context) {
    if (context.status) return withField(next, 'spec', previous.spec);
    const kept = withField(next, 'status', previous.status);
    return sameValue(kept.spec, previous.spec)
      ? withField(kept, 'spec', previous.spec)
      : keepAllocatedValues(kept, previous);
  },
  validateCreate: validateService,
  validateUpdate: validateServiceUpdate,
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
  columns: SERVICE_COLUMNS,
});
