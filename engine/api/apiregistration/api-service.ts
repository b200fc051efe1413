import { withDefaults, withField } from '../copy-on-write.ts';
import type { APIService } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

const HTTPS = 443;
const STRATEGY = specAndStatus<APIService>({ counted: false });

/** What this very server serves is available from the first. */
function prepareForCreate(
  object: APIService,
  context: { readonly timestamp: string; readonly status: boolean },
): APIService {
  const fresh = STRATEGY.prepareForCreate(object, context);
  if (object.spec?.service !== undefined) return fresh;
  const local = {
    type: 'Available',
    status: 'True',
    lastTransitionTime: context.timestamp,
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
  return { ...fresh, status: { conditions: [local] } };
}

function applyDefaults(object: APIService): APIService {
  const { spec } = object;
  if (spec?.service === undefined) return object;
  return withField(object, 'spec', withField(spec, 'service', withDefaults(spec.service, { port: HTTPS })));
}

function available({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (condition === undefined) return 'Unknown';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
}

/** https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/ */
export const apiService = storedKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  schema: 'io.k8s.kube.aggregator.pkg.apis.apiregistration.v1.APIService',
  subresources: ['status'],
  applyDefaults,
  ...STRATEGY,
  prepareForCreate,
  ...validation<APIService>({ namespaced: false, validate: () => {} }),
  columns: [
    nameColumn,
    column('Service', 'The reference to the service that hosts this API endpoint.', ({ spec }) =>
      spec?.service === undefined ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`,
    ),
    column('Available', 'Whether this service is available.', available),
    ageColumn,
  ],
});
