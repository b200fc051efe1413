import { ALLOWED, type Asked, type Loose, type Verdict } from './admission-review.ts';

// What the paths of `agnhost webhook` say to a review; what upstream's tests of admission webhooks rely on.
// https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost/webhook

const MARK = 'webhook-e2e-test';

type Judge = (asked: Asked) => Verdict;

function no(result: NonNullable<Verdict['result']>): Verdict {
  return { allowed: false, result };
}

/** Refuses data that is marked; what may not be deleted is another mark. */
function judgeData(what: string, unwanted: string): Judge {
  return ({ operation, object, oldObject }) => {
    if (operation === 'DELETE') {
      if (oldObject?.data?.[MARK] !== 'webhook-nondeletable') return ALLOWED;
      return no({ reason: `the ${what} cannot be deleted because it contains unwanted key and value` });
    }
    return object?.data?.[MARK] === 'webhook-disallow' ? no({ reason: `the ${what} contains ${unwanted}` }) : ALLOWED;
  };
}

/** Each stage follows the one before it. */
function mutateData({ object }: Asked): Verdict {
  const add = (key: string) => ({ op: 'add', path: `/data/${key}`, value: 'yes' });
  const data = object?.data ?? {};
  const patch = [
    ...(data['mutation-start'] === 'yes' ? [add('mutation-stage-1')] : []),
    ...(data['mutation-stage-1'] === 'yes' ? [add('mutation-stage-2')] : []),
  ];
  return { allowed: true, patch };
}

function judgePod({ object }: Asked): Verdict {
  const mark = object?.metadata?.labels?.[MARK];
  const isNamed = (object?.spec?.containers ?? []).some(({ name }: Loose) => String(name).includes('webhook-disallow'));
  const problems = [
    ...(mark === 'webhook-disallow' ? ['the pod contains unwanted label'] : []),
    ...(isNamed ? ['the pod contains unwanted container name'] : []),
  ];
  if (mark === 'wait-forever') return { allowed: true, hangs: true };
  return problems.length === 0 ? ALLOWED : no({ message: problems.join('; ') });
}

const INIT_CONTAINER = { image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} };

function mutatePod({ object }: Asked): Verdict {
  if (object?.metadata?.name !== 'webhook-to-be-mutated') return ALLOWED;
  return { allowed: true, patch: [{ op: 'add', path: '/spec/initContainers', value: [INIT_CONTAINER] }] };
}

function judgeAttachment({ name, object }: Asked): Verdict {
  if (name !== 'to-be-attached-pod' || object?.stdin !== true || object.container !== 'container1') return ALLOWED;
  return no({ message: `attaching to pod 'to-be-attached-pod' is not allowed` });
}

function judgeDefinition({ object }: Asked): Verdict {
  if (object?.metadata?.labels?.[MARK] !== 'webhook-disallow') return ALLOWED;
  return no({ reason: 'the crd contains unwanted label' });
}

function addLabel({ object }: Asked): Verdict {
  const labels = object?.metadata?.labels;
  if (labels === undefined || labels === null)
    return { allowed: true, patch: [{ op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } }] };
  if (labels['added-label'] === 'yes') return ALLOWED;
  const op = labels['added-label'] === undefined ? 'add' : 'replace';
  return { allowed: true, patch: [{ op, path: '/metadata/labels/added-label', value: 'yes' }] };
}

/** By path. */
export const VERDICTS: Readonly<Record<string, Judge>> = {
  '/always-deny': () => no({ message: 'this webhook denies all requests' }),
  '/always-allow-delay-5s': () => ({ allowed: true, result: { message: 'this webhook allows all requests' } }),
  '/add-label': addLabel,
  '/pods': judgePod,
  '/pods/attach': judgeAttachment,
  '/mutating-pods': mutatePod,
  '/configmaps': judgeData('configmap', 'unwanted key and value'),
  '/mutating-configmaps': mutateData,
  '/custom-resource': judgeData('custom resource', 'unwanted data'),
  '/mutating-custom-resource': mutateData,
  '/crd': judgeDefinition,
};

/** Milliseconds before the answer. */
export const DELAYS: Readonly<Record<string, number>> = { '/always-allow-delay-5s': 5000 };
