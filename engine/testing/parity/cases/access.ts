import type { Scenario } from '../scenario.ts';

const role = (verbs: string, more = '') => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
  namespace: default
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [${verbs}]
${more}`;

const binding = (user: string, reader = 'reader') => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: readers
  namespace: default
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ${reader}
subjects:
- kind: User
  name: ${user}
  apiGroup: rbac.authorization.k8s.io
`;

/** Who may do what, programs beside kubectl, and a server that is not there. */
export const access: Scenario = {
  name: 'access',
  files: {
    'first.yaml': role('get, list') + binding('ann'),
    'second.yaml': role('get', '- apiGroups: [""]\n  resources: [configmaps]\n  verbs: [get]\n') + binding('bob'),
    'third.yaml': role('get') + binding('bob', 'other'),
    'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n',
    'plugins/kubectl-hello': '#!/bin/sh\necho hello "$@"\n',
    'plugins/kubectl-hello-big_world': '#!/bin/sh\necho big hello "$@"\nexit 3\n',
  },
  script: `
kubectl auth reconcile -f first.yaml
kubectl auth reconcile -f first.yaml
kubectl auth reconcile -f second.yaml
kubectl auth reconcile -f second.yaml --remove-extra-permissions
kubectl auth reconcile -f second.yaml --remove-extra-permissions --remove-extra-subjects
kubectl auth reconcile -f third.yaml
kubectl auth reconcile -f first.yaml --dry-run=client
kubectl auth reconcile -f map.yaml
kubectl auth reconcile -f nofile.yaml
kubectl auth reconcile
kubectl get role reader -o jsonpath='{.rules}'
kubectl get rolebinding readers -o jsonpath='{.roleRef}{.subjects}'
kubectl auth can-i list pods --as=ann
kubectl auth can-i list pods --as=bob
kubectl auth can-i get configmaps --as=bob
kubectl get pods --as=bob -n kube-system
kubectl get secrets --as=bob
kubectl delete pod nobody --as=bob
kubectl create configmap a --from-literal=b=c --as=bob
kubectl get nodes --as=nobody --as-group=system:masters -o name
kubectl plugin list
kubectl plugin nonesuch
chmod +x plugins/*; PATH=$HOME/plugins:$PATH kubectl plugin list --name-only
PATH=$HOME/plugins:$PATH kubectl hello
PATH=$HOME/plugins:$PATH kubectl hello there --flag
PATH=$HOME/plugins:$PATH kubectl hello big-world x
PATH=$HOME/plugins:$PATH kubectl hello -n x
kubectl hello
kubectl get pods -s http://127.0.0.1:1
kubectl describe node x -s http://127.0.0.1:1 2>&1 | tail -1
kubectl logs a -s http://127.0.0.1:1
kubectl exec a -s http://127.0.0.1:1 -- ls
kubectl run x --image=y -s http://127.0.0.1:1
kubectl api-resources -s http://127.0.0.1:1
kubectl apply -f map.yaml -s http://127.0.0.1:1
kubectl rollout nonesuch x
kubectl top nonesuch x
kubectl set nonesuch a b
kubectl config nonesuch a
kubectl auth nonesuch a
`,
};
