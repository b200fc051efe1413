import type { Scenario } from '../scenario.ts';

const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n${spec}`;

export const mistakes: Scenario = {
  name: 'mistakes',
  files: {
    'tab.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n',
    'indent.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n name: x\n  labels: {}\n',
    'kind.yaml': 'apiVersion: v1\nkind: Podd\nmetadata:\n  name: x\n',
    'version.yaml': 'apiVersion: apps/v2\nkind: Deployment\nmetadata:\n  name: x\n',
    'nokind.yaml': 'apiVersion: v1\nmetadata:\n  name: x\n',
    'noversion.yaml': 'kind: Pod\nmetadata:\n  name: x\n',
    'noname.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
    'empty.yaml': '',
    'list.yaml': '- a\n- b\n',
    'text.yaml': 'hello\n',
    'unknown.yaml': pod('  containerz: []\n'),
    'type.yaml': pod('  containers:\n  - name: a\n    image: 5\n    ports:\n    - containerPort: "80"\n'),
    'missing.yaml': pod('  containers:\n  - image: nginx\n'),
    'nocontainers.yaml': pod('  containers: []\n'),
    'duplicate.yaml': pod('  containers:\n  - name: a\n    image: b\n    image: c\n'),
    'twice.yaml': pod('  containers:\n  - name: a\n    image: b\n  - name: a\n    image: c\n'),
    'quote.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: "b\n',
    'colon.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: b: c\n',
    'bracket.json': '{"apiVersion": "v1", "kind": "Pod"',
    'selector.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  selector:\n    matchLabels:\n      a: b\n  template:\n    metadata:\n      labels:\n        a: c\n    spec:\n      containers:\n      - name: a\n        image: b\n',
    'restart.yaml':
      'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: x\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: b\n',
    'number.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: 5\n  b: true\n',
    'BAD.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Not_Valid\n',
    'removed.yaml': 'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: x\nspec:\n  schedule: "* * * * *"\n',
  },
  script: `
for f in tab indent kind version nokind noversion; do kubectl apply -f $f.yaml; done
kubectl apply -f noname.yaml
kubectl create -f noname.yaml
kubectl apply -f empty.yaml
kubectl apply -f list.yaml
kubectl apply -f text.yaml
kubectl apply -f unknown.yaml
kubectl apply -f unknown.yaml --validate=false
kubectl apply -f unknown.yaml --validate=warn
kubectl apply -f unknown.yaml --validate=nonesuch
kubectl apply -f type.yaml
kubectl apply -f missing.yaml
kubectl apply -f nocontainers.yaml
kubectl apply -f duplicate.yaml
kubectl apply -f twice.yaml
kubectl apply -f quote.yaml
kubectl apply -f colon.yaml
kubectl apply -f bracket.json
kubectl apply -f selector.yaml
kubectl apply -f restart.yaml
kubectl apply -f number.yaml
kubectl apply -f BAD.yaml
kubectl apply -f removed.yaml
kubectl apply -f tab.yaml -f kind.yaml
cat number.yaml | kubectl apply -f -
kubectl apply
kubectl aply -f x
kubectl gt pods
kubectl get pods --namespac=x
kubectl get pods -z
kubectl --context=nonesuch get pods
kubectl --kubeconfig=nonesuch get pods
kubectl --server=http://127.0.0.1:1 get pods
kubectl -n
`,
};
