import { createCluster, HOME } from '../index.ts';

// A kind of one's own: defined, used, explained, guarded by rules: `node engine/examples/04-custom-resource.ts`

const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: crontabs.stable.example.com
spec:
  group: stable.example.com
  scope: Namespaced
  names:
    plural: crontabs
    kind: CronTab
    shortNames: [ct]
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns:
    - {name: Spec, type: string, jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: When to run what.
            required: [cronSpec]
            properties:
              cronSpec: {type: string, description: In the syntax of cron., maxLength: 100}
              replicas: {type: integer, default: 1, minimum: 1}
              maxReplicas: {type: integer, default: 5}
            x-kubernetes-validations:
            - rule: self.replicas <= self.maxReplicas
              message: replicas must not exceed maxReplicas
`;

const CRON_TAB = `apiVersion: stable.example.com/v1
kind: CronTab
metadata:
  name: my-crontab
spec:
  cronSpec: "*/5 * * * *"
`;

const files = {
  'definition.yaml': DEFINITION,
  'crontab.yaml': CRON_TAB,
  'greedy.yaml': `${CRON_TAB.replace('my-crontab', 'greedy')}  replicas: 9\n`,
};
const cluster = createCluster({ seed: 'example', files });
const kubectl = (...args: string[]) => {
  const outcome = cluster.run('workstation', ['kubectl', ...args], 60_000);
  console.log(`$ kubectl ${args.join(' ')}\n${outcome?.stdout ?? ''}${outcome?.stderr ?? ''}`);
};

kubectl('apply', '-f', `${HOME}/definition.yaml`);
kubectl('wait', '--for=condition=Established', 'crd/crontabs.stable.example.com');
kubectl('apply', '-f', `${HOME}/crontab.yaml`);
kubectl('apply', '-f', `${HOME}/greedy.yaml`);
kubectl('get', 'ct');
kubectl('get', 'crontab', 'my-crontab', '-o', 'yaml');
kubectl('explain', 'crontab.spec');
kubectl('patch', 'ct', 'my-crontab', '--type=merge', '-p', '{"spec":{"replicas":3}}');
kubectl('delete', 'crd', 'crontabs.stable.example.com');
kubectl('get', 'ct');
