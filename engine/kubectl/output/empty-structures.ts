import { fieldAt, isObject, type Unstructured, withField } from '../unstructured.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A manifest's object as it looks once it was a structure of Go: a field that is a structure is always printed, even
 * when there is nothing in it, and a port to go to is 0. Only the kinds that `kubectl set` works on.
 */
export function withEmptyStructures(object: Unstructured): Unstructured {
  const spec = isObject(object['spec']) ? object['spec'] : {};
  switch (object.kind) {
    case 'Pod':
      return { ...object, spec: podSpec(spec), status: {} };
    case 'Service':
      return { ...object, spec: serviceSpec(spec), status: { loadBalancer: {} } };
    case 'CronJob': {
      const jobTemplate = isObject(spec['jobTemplate']) ? spec['jobTemplate'] : {};
      return { ...object, spec: { ...spec, jobTemplate: { metadata: {}, ...workload(jobTemplate) } }, status: {} };
    }
    default:
      return isObject(fieldAt(object, 'spec', 'template'))
        ? ({ ...workload(object), status: {} } as unknown as Unstructured)
        : object;
  }
}

const STRATEGY: Readonly<Record<string, string>> = {
  Deployment: 'strategy',
  DaemonSet: 'updateStrategy',
  StatefulSet: 'updateStrategy',
};

function workload(object: Fields): Fields {
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const template = isObject(spec['template']) ? spec['template'] : {};
  const strategy = STRATEGY[String(object['kind'])];
  const inner = isObject(template['spec']) ? template['spec'] : {};
  return {
    ...object,
    spec: {
      ...(strategy === undefined ? {} : { [strategy]: {} }),
      ...spec,
      template: { metadata: {}, ...template, spec: podSpec(inner) },
    },
  };
}

function podSpec(spec: Fields): Fields {
  const lists = ['containers', 'initContainers'].filter((name) => Array.isArray(spec[name]));
  return lists.reduce<Fields>((all, name) => {
    const containers = (all[name] as readonly unknown[]).map((one) =>
      isObject(one) ? { resources: {}, ...one } : one,
    );
    return withField(all, [name], containers);
  }, spec);
}

function serviceSpec(spec: Fields): Fields {
  if (!Array.isArray(spec['ports'])) return spec;
  return { ...spec, ports: spec['ports'].map((port) => (isObject(port) ? { targetPort: 0, ...port } : port)) };
}
