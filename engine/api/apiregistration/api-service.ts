import { withDefaults, withField } from '../copy-on-write.ts';
import type { APIService } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, invalidFor, oneOf, required } from '../field-errors.ts';
import { checkLabel1035, checkPathSegmentName, checkPortNumber, checkSubdomain1123 } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

type Spec = NonNullable<APIService['spec']>;

const HTTPS = 443;
const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;
const STATUSES = ['True', 'False', 'Unknown'];
const NO_SPEC = Object.freeze({}) as Spec;
const STRATEGY = specAndStatus<APIService>({ counted: false, status: {} });

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

/** After kube-aggregator pkg/apis/apiregistration/validation/validation.go. */
function validateService(errors: FieldError[], { metadata, spec = NO_SPEC }: APIService): void {
  const { group = '', version = '', groupPriorityMinimum: groupPriority = 0, versionPriority = 0 } = spec;
  const name = `${version}.${group}`;
  if (metadata.name !== undefined && metadata.name !== name) {
    const detail = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`;
    errors.push(invalid('metadata.name', metadata.name, detail));
  }
  if (group === '' && version !== 'v1') {
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  }
  if (group !== '') invalidFor(errors, 'spec.group', group, checkSubdomain1123(group));
  invalidFor(errors, 'spec.version', version, checkLabel1035(version));
  if (groupPriority <= 0 || groupPriority > MAX_GROUP_PRIORITY) {
    const detail = `must be positive and less than ${MAX_GROUP_PRIORITY}`;
    errors.push(invalid('spec.groupPriorityMinimum', groupPriority, detail));
  }
  if (versionPriority <= 0 || versionPriority > MAX_VERSION_PRIORITY) {
    const detail = `must be positive and less than ${MAX_VERSION_PRIORITY}`;
    errors.push(invalid('spec.versionPriority', versionPriority, detail));
  }
  if (spec.service === undefined) validateLocal(errors, spec);
  else validateRemote(errors, spec, spec.service);
}

function validateLocal(errors: FieldError[], { caBundle = '', insecureSkipTLSVerify }: Spec): void {
  if (caBundle !== '') {
    const bytes = Math.floor((caBundle.replace(/=+$/, '').length * 3) / 4);
    errors.push(invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle'));
  }
  if (insecureSkipTLSVerify === true) {
    const detail = 'local APIServices may not have insecureSkipTLSVerify';
    errors.push(invalid('spec.insecureSkipTLSVerify', true, detail));
  }
}

function validateRemote(errors: FieldError[], spec: Spec, service: NonNullable<Spec['service']>): void {
  const { namespace = '', name = '', port = HTTPS } = service;
  if (namespace === '') errors.push(required('spec.service.namespace'));
  if (name === '') errors.push(required('spec.service.name'));
  const problems = checkPortNumber(port);
  if (problems.length > 0) {
    errors.push(invalid('spec.service.port', port, `port is not valid: ${problems.join(', ')}`));
  }
  if (spec.insecureSkipTLSVerify === true && (spec.caBundle ?? '') !== '') {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
  }
}

function validateStatus(errors: FieldError[], { status }: APIService): void {
  status?.conditions?.forEach((condition, index) => {
    oneOf(errors, `status.conditions[${index}].status`, condition.status ?? '', STATUSES);
  });
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
  ...validation<APIService>({
    namespaced: false,
    checkName: checkPathSegmentName,
    validate: validateService,
    validateChange: (errors, next) => validateStatus(errors, next),
  }),
  columns: [
    nameColumn,
    column('Service', 'The reference to the service that hosts this API endpoint.', ({ spec }) =>
      spec?.service === undefined ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`,
    ),
    column('Available', 'Whether this service is available.', available),
    ageColumn,
  ],
});
