import { withField } from '../../api/copy-on-write.ts';
import { forbidden } from '../../api/errors.ts';
import type { Pod, PriorityClass } from '../../api/kinds.ts';
import { SYSTEM_PRIORITY_CLASSES } from '../../api/scheduling/priority-class.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';

const CLASSES = 'priorityclasses';
const NO_CLASS = { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/** Computes a Pod's priority from its class: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/ */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: ['pods', CLASSES],
  admit(request, object, lookup) {
    const { operation, kind, name: podName } = request;
    if (object === undefined) return object;
    if (kind.plural === CLASSES) return admitClass(request, object as PriorityClass, lookup);
    if (operation !== 'CREATE') return object;
    const pod = object as Pod;
    const className = pod.spec?.priorityClassName ?? '';
    const found = className === '' ? defaultClass(lookup) : namedClass(className, lookup);
    if (found === undefined) {
      throw forbidden(kind, podName, `no PriorityClass with name ${className} was found`);
    }
    const { value, name } = found;
    const sent = pod.spec?.priority;
    if (sent !== undefined && sent !== value) {
      const why =
        `the integer value of priority (${sent}) must not be provided in pod spec; ` +
        `priority admission controller computed ${value} from the given PriorityClass name`;
      throw forbidden(kind, podName, why);
    }
    const spec = { ...pod.spec };
    if (name !== '') spec.priorityClassName = name;
    spec.priority = value;
    spec.preemptionPolicy = (pod.spec?.preemptionPolicy ?? found.preemptionPolicy) as 'Never';
    return withField(pod, 'spec', spec);
  },
};

type Found = typeof NO_CLASS;

function namedClass(name: string, lookup: Lookup): Found | undefined {
  const system = SYSTEM_PRIORITY_CLASSES.find((each) => each.name === name);
  if (system !== undefined) return { ...NO_CLASS, name, value: system.value };
  const found = lookup(CLASSES, '', name) as PriorityClass | undefined;
  return found && describe(found);
}

/** Of several defaults, which only a race can make, the lowest counts. */
function defaultClass(lookup: Lookup): Found {
  let lowest: PriorityClass | undefined;
  for (const each of lookup.all(CLASSES) as readonly PriorityClass[]) {
    if (each.globalDefault === true && (lowest === undefined || each.value < lowest.value)) lowest = each;
  }
  return lowest === undefined ? NO_CLASS : describe(lowest);
}

function describe({ metadata, value, preemptionPolicy }: PriorityClass): Found {
  return { name: metadata.name, value, preemptionPolicy: preemptionPolicy ?? NO_CLASS.preemptionPolicy };
}

function admitClass({ kind, name }: AdmissionRequest, object: PriorityClass, lookup: Lookup): PriorityClass {
  if (object.globalDefault !== true) return object;
  const others = lookup.all(CLASSES) as readonly PriorityClass[];
  const other = others.find((each) => each.globalDefault === true && each.metadata.name !== object.metadata.name);
  if (other === undefined) return object;
  const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
  throw forbidden(kind, name, why);
}
