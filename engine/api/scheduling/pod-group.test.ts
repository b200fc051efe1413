import { expect, test } from 'vitest';
import type { FieldError } from '../field-error.ts';
import { podGroup } from './pod-group.ts';
import { workload } from './workload.ts';
import type { PodGroup, Workload } from './workload-kinds.ts';

const metadata = { name: 'a', namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' };
const group = (spec: object) => ({ metadata, spec, kind: '', apiVersion: '' }) as unknown as PodGroup;
const templates = (...podGroupTemplates: object[]) =>
  ({ metadata, spec: { podGroupTemplates }, kind: '', apiVersion: '' }) as unknown as Workload;
const words = (errors: readonly FieldError[]) => errors.map(({ field, message }) => `${field}: ${message}`);
const gang = (minCount: number) => ({ schedulingPolicy: { gang: { minCount } } });
const POLICY = 'spec.schedulingPolicy';

test.each([
  [gang(4), []],
  [{ schedulingPolicy: { basic: {} } }, []],
  [{}, [`${POLICY}: Invalid value: "": must specify one of: \`basic\`, \`gang\``]],
  [
    { schedulingPolicy: { basic: {}, gang: { minCount: 1 } } },
    [`${POLICY}: Invalid value: "{\`basic\`, \`gang\`}": must specify exactly one of: \`basic\`, \`gang\``],
  ],
  [gang(0), [`${POLICY}.gang.minCount: Required value`]],
  [gang(-1), [`${POLICY}.gang.minCount: Invalid value: -1: must be greater than or equal to 1`]],
  [
    { ...gang(1), podGroupTemplateRef: { workload: { workloadName: '', podGroupTemplateName: 't' } } },
    ['spec.podGroupTemplateRef.workload.workloadName: Required value'],
  ],
  [
    { ...gang(1), podGroupTemplateRef: {} },
    ['spec.podGroupTemplateRef: Invalid value: "": must specify one of: `workload`'],
  ],
])('a PodGroup of %j', (spec, expected) => {
  expect(words(podGroup.validateCreate(group(spec)))).toEqual(expected);
});

test('a Workload needs templates of different names, and not too many', () => {
  const one = { name: 'workers', ...gang(1) };
  expect(words(workload.validateCreate(templates(one)))).toEqual([]);
  expect(words(workload.validateCreate(templates()))).toEqual(['spec.podGroupTemplates: Required value']);
  expect(words(workload.validateCreate(templates(one, one)))).toEqual([
    'spec.podGroupTemplates[1]: Duplicate value: "workers"',
  ]);
  const many = Array.from({ length: 9 }, (_, index) => ({ ...one, name: `t${index}` }));
  expect(words(workload.validateCreate(templates(...many)))).toEqual([
    'spec.podGroupTemplates: Too many: 9: must have at most 8 items',
  ]);
});

test('what belongs to features that are off is dropped', () => {
  const spec = { ...gang(1), priorityClassName: 'high', disruptionMode: 'PodGroup', priority: 3 };
  const context = { timestamp: '', status: false };
  expect(podGroup.prepareForCreate?.(group(spec), context).spec).toEqual(gang(1));
  const made = workload.prepareForCreate?.(templates({ name: 't', ...spec }), context);
  expect(made?.spec.podGroupTemplates).toEqual([{ name: 't', ...gang(1) }]);
});
