import type { Scenario } from '../scenario.ts';

/** Files, templates, configurations, servers and words that are wrong. */
export const badInput: Scenario = {
  name: 'bad-input',
  script: `
head -c 3000 /dev/zero > zero.yaml; kubectl apply -f zero.yaml
printf '\\000\\001\\002\\377binary' > bin.yaml; kubectl apply -f bin.yaml
printf '\\xef\\xbb\\xbfapiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: bom\\n' > bom.yaml; kubectl apply -f bom.yaml
printf 'apiVersion: v1\\r\\nkind: ConfigMap\\r\\nmetadata:\\r\\n  name: crlf\\r\\n' > crlf.yaml; kubectl apply -f crlf.yaml
head -c 2000000 /dev/zero | tr '\\0' 'a' > huge.txt; kubectl create configmap huge --from-file=huge.txt
mkdir emptydir; kubectl apply -f emptydir
kubectl apply -f nonesuch
kubectl apply -f ''
echo '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j"}} trailing' > trail.json; kubectl apply -f trail.json
echo '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j"}}{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"k"}}' > two.json; kubectl apply -f two.json
echo '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j",}}' > comma.json; kubectl apply -f comma.json
echo '{"apiVersion":"v1","kind":"List","items":[]}' | kubectl apply -f -
echo '{"apiVersion":"v1","kind":"ConfigMapList","items":[{"metadata":{"name":"l"}}]}' | kubectl apply -f -
echo 'apiVersion: v1' | kubectl apply -f -
printf -- '---\\n---\\n' | kubectl apply -f -
printf -- '# only a comment\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: &a\\n  name: x\\nother: *a\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: *nope\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: x\\n  name: y\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: x\\ndata: text\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: text\\n' | kubectl apply -f -
printf 'apiVersion: 1\\nkind: ConfigMap\\nmetadata:\\n  name: x\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: x\\n  labels: {a: 1}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: Pod\\nmetadata:\\n  name: x\\nspec:\\n  containers:\\n  - name: a\\n   image: b\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: Pod\\nmetadata:\\n  name: x\\nspec:\\n  containers:\\n    name: a\\n    image: b\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: Pod\\nmetadata:\\n  name: x\\nspec:\\n  containers:\\n  - name: a\\n    image: b\\n    env:\\n    - name: A\\n      value: 5\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: Pod\\nmetadata:\\n  name: x\\nspec:\\n  containers:\\n  - name: a\\n    image: b\\n    resources:\\n      limits:\\n        cpu: much\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: Service\\nmetadata:\\n  name: x\\nspec:\\n  ports:\\n  - port: 99999\\n' | kubectl apply -f -
printf 'apiVersion: apps/v1\\nkind: Deployment\\nmetadata:\\n  name: x\\nspec:\\n  replicas: two\\n' | kubectl apply -f -
printf 'apiVersion: apps/v1\\nkind: Deployment\\nmetadata:\\n  name: x\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: Namespace\\nmetadata:\\n  name: x\\n  namespace: y\\n' | kubectl apply -f - -n z
kubectl get pods -o jsonpath='{range .items[*]}{.a}'
kubectl get pods -o jsonpath='{.items[a]}'
kubectl get pods -o jsonpath='{.items[0:1:2:3]}'
kubectl get pods -o jsonpath='}'
kubectl get pods -o jsonpath='{"text}'
kubectl get pods -o jsonpath=
kubectl get pods -o go-template='{{.items | nonesuch}}'
kubectl get pods -o go-template='{{range .items}}'
kubectl get pods -o go-template='{{index .items 5}}'
kubectl get pods -o go-template='{{if}}'
kubectl get pods -o go-template-file=nonesuch
kubectl get pods -o jsonpath-file=nonesuch
kubectl get pods -o custom-columns-file=nonesuch
kubectl get pods -o custom-columns=A:
printf 'A\\nb c\\n' > cols; kubectl get pods -o custom-columns-file=cols
kubectl get pods --sort-by='{.a[}'
kubectl get pods -l 'a in (b'
kubectl get pods -l 'a!'
kubectl get pods --field-selector='a'
kubectl get pods --field-selector='a=b,c'
kubectl get pods --chunk-size=-1
kubectl get pods --request-timeout=x
kubectl get pods --request-timeout=-1s
kubectl get pods -v=x
kubectl get pods --token=wrong -o name
kubectl get pods --as-group=x
kubectl get pods --as-uid=5
echo 'hello' > text.cfg; kubectl --kubeconfig=text.cfg get pods
echo 'apiVersion: v2' > v2.cfg; kubectl --kubeconfig=v2.cfg get pods
echo 'kind: Pod' > pod.cfg; kubectl --kubeconfig=pod.cfg get pods
printf '\\000\\001' > bin.cfg; kubectl --kubeconfig=bin.cfg get pods
mkdir dir.cfg; kubectl --kubeconfig=dir.cfg get pods
: > empty.cfg; kubectl --kubeconfig=empty.cfg config view
kubectl --kubeconfig=empty.cfg get pods
printf 'apiVersion: v1\\nkind: Config\\nclusters: text\\n' > list.cfg; kubectl --kubeconfig=list.cfg get pods
printf 'apiVersion: v1\\nkind: Config\\nclusters: []\\ncontexts:\\n- name: c\\n  context: {cluster: a, user: u}\\ncurrent-context: c\\n' > nocluster.cfg; kubectl --kubeconfig=nocluster.cfg get pods
kubectl --cluster=nonesuch get pods
kubectl --user=nonesuch get pods -o name
kubectl --server=ftp://x get pods
kubectl --server=http://127.0.0.1:99999 get pods
kubectl --server=http://127.0.0.1:1 get nonesuch
kubectl --server=http://127.0.0.1:1 explain pod
kubectl --server=http://127.0.0.1:1 delete pod x
kubectl --server=http://127.0.0.1:1 top nodes
kubectl --server=http://127.0.0.1:1 create ns x
kubectl --server=http://127.0.0.1:1 wait pod/x --for=delete
kubectl --server=http://127.0.0.1:1 rollout status deploy/x
kubectl --server=http://127.0.0.1:1 drain node-1
kubectl --server=http://127.0.0.1:1 api-versions
kubectl --server=http://127.0.0.1:1 get --raw /healthz
kubectl --server=http://127.0.0.1:1 cp a:/x y
kubectl --server=http://127.0.0.1:1 debug a --image=b
kubectl --server=http://127.0.0.1:1 events
kubectl --server=http://127.0.0.1:1 edit cm a
kubectl get pods --watch --nonesuch
kubectl get pods,nonesuch
kubectl get pods/x,y
kubectl get /
kubectl get pod/
kubectl get ''
kubectl describe
kubectl describe nonesuch
kubectl describe pod nobody
kubectl describe pod/nobody cm/nobody
kubectl logs ''
kubectl logs x y z
kubectl scale --replicas=-1 deploy/x
kubectl scale --replicas=x deploy/x
kubectl rollout undo deploy/x --to-revision=x
kubectl create job j --image=x --schedule=x
kubectl create secret tls t --cert=zero.yaml --key=zero.yaml
kubectl create configmap c --from-literal==x
kubectl create configmap c --from-literal=a=1 --from-literal=a=2
kubectl create configmap c --from-literal='bad key=1'
kubectl label pods --all
kubectl label node node-1 'a b=c'
kubectl label node node-1 a=$(head -c 70 /dev/zero | tr '\\0' x)
kubectl annotate node node-1 '=x'
kubectl port-forward x
kubectl port-forward pod/nobody 80
kubectl exec -it
kubectl attach
kubectl attach nobody
kubectl cp a b
kubectl cp a:b c:d
kubectl cp :x y
kubectl certificate approve nobody
kubectl certificate approve
kubectl taint node nobody a=b:NoSchedule
kubectl taint node node-1 a=b:Nonesuch
kubectl explain pod.spec.containers.nonesuch
kubectl explain pod --recursive=x
kubectl explain pods --api-version=nonesuch/v1
kubectl explain pods --output=nonesuch
`,
};
