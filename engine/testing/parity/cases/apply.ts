import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

const configMap = (name: string, value: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, labels: {app: x}}
data: {k: "${value}"}
`;

/** What is applied, pruned, edited, sent as it is, and changed in files alone. */
export const apply: Scenario = {
  name: 'apply',
  files: {
    ...FILES,
    'set1/all.yaml': `${configMap('a', '1')}---\n${configMap('b', '1')}---
apiVersion: v1
kind: Service
metadata: {name: s, labels: {app: x}}
spec: {ports: [{port: 80}]}
`,
    'set2/all.yaml': configMap('a', '2'),
    'raw.json': '{"metadata":{"name":"raw"},"apiVersion":"v1","kind":"ConfigMap"}',
  },
  script: `
kubectl apply -f set1
kubectl delete cm a --dry-run=server
kubectl get cm a -o name
kubectl apply --prune -f set2
kubectl apply --prune -l app=x -f set2 --dry-run=client
kubectl apply --prune -l app=x -f set2 --dry-run=server
kubectl apply --prune -l app=x -f set2 --prune-allowlist=core/v1/Nonesuch
kubectl apply --prune -l app=x -f set2 --prune-allowlist=wrong
kubectl apply --prune -l app=x --all -f set2
kubectl diff --prune -l app=x -f set2
kubectl apply --prune -l app=x -f set2 --prune-allowlist=core/v1/Service
kubectl apply --prune -l app=x -f set2
kubectl apply -f set1
kubectl apply --prune --all -f set2 -o name
kubectl apply --server-side --prune -l app=x -f set2
kubectl apply --prune-allowlist=core/v1/Service -f set2
EDITOR='sed -i s/k:/z:/' kubectl apply edit-last-applied cm a
kubectl apply view-last-applied cm a
EDITOR=true kubectl apply edit-last-applied cm a
kubectl apply edit-last-applied cm nobody
kubectl create cm bare --from-literal=a=b
EDITOR='sed -i s/a:/z:/' kubectl apply edit-last-applied cm bare
kubectl apply edit-last-applied
EDITOR='sed -i s/z/y/' kubectl apply edit-last-applied cm/a -o json
kubectl apply view-last-applied cm a -o json
kubectl apply --force --server-side -f set2
kubectl apply --force --dry-run=server -f set2
kubectl apply --subresource=status -f set2
kubectl apply --subresource=status --server-side -f set2
kubectl apply --cascade=nonesuch --prune --all -f set2
kubectl apply -f set1
kubectl apply -f set1 -o yaml
kubectl apply -f set1 -o name
kubectl apply -f set1 -o json --dry-run=client
kubectl apply -f config.yaml -f web.yaml -o kyaml
sed -i 's/app: web/app: other/' web.yaml; kubectl apply -f web.yaml
kubectl apply -f web.yaml --force
kubectl diff --prune -f set2 | grep ^diff
kubectl delete cm a --interactive
echo y | kubectl delete cm a -i
echo n | kubectl delete cm b -i
kubectl delete --raw /api/v1/namespaces/default/configmaps/b
kubectl delete --raw /nonesuch
kubectl create --raw /api/v1/namespaces/default/configmaps -f set2/all.yaml
kubectl create --raw /api/v1/namespaces/default/configmaps -f raw.json | wc -l
kubectl create --raw /api/v1/namespaces/default/configmaps
kubectl create --raw /x -f raw.json -f set2/all.yaml
kubectl create --raw /x -f nonesuch
kubectl replace --raw /api/v1/namespaces/default/configmaps/raw -f raw.json | wc -l
kubectl create -f set1 -l app=nonesuch
EDITOR='sed -i s/k:/z:/' kubectl create -f set2 --edit --dry-run=client
EDITOR='sed -i s/app:/ape:/' kubectl create -f set2/all.yaml --edit
EDITOR=true kubectl create -f set1/all.yaml --edit
kubectl get cm a -o jsonpath='{.nonesuch}' --allow-missing-template-keys=false
kubectl get cm a -o go-template='{{.nonesuch}}' --allow-missing-template-keys=false
kubectl get cm a -o go-template='{{.nonesuch.a}}' --allow-missing-template-keys=false
kubectl label -f set2/all.yaml --local a=b -o yaml
kubectl label -f set2/all.yaml --local a=b
kubectl label cm a --local a=b
kubectl label cm a a=b --dry-run=client -o yaml
kubectl annotate -f set2/all.yaml --local a=b -o yaml
kubectl patch -f set2/all.yaml --local -p '{"data":{"k":"9"}}' -o yaml
kubectl patch -f set2/all.yaml --local -p '{"data":{"k":"9"}}'
kubectl patch -f set2/all.yaml --local -p '{"data":{"k":"2"}}' --dry-run=client -o name
kubectl patch cm a -p '{"data":{"k":"2"}}' --dry-run=client -o yaml
kubectl set image -f pod.yaml main=busybox:1 --local -o yaml
kubectl set image -f pod.yaml main=busybox:1 --local
kubectl set env -f pod.yaml A=b --local -o yaml
kubectl set env -f pod.yaml A- --local
kubectl set resources -f pod.yaml --limits=cpu=1 --local -o yaml
kubectl set selector -f set1/all.yaml a=b --local -o yaml
kubectl set serviceaccount -f web.yaml x --local -o yaml
kubectl set image pod/box main=x --local
kubectl set image -f web.yaml nginx=x --local -o json
kubectl set image -f web.yaml nginx=x --dry-run=client -o name
`,
};
