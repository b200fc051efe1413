import type { Scenario } from '../scenario.ts';
import { kustomize } from './kustomize.ts';
import { FILES } from './manifests.ts';

/** Flags that are met seldom. */
export const flags: Scenario = {
  name: 'flags',
  files: {
    ...FILES,
    ...kustomize.files,
    'custom.yaml': 'env:\n- name: X\n  value: why\n',
    'custom.json': '{"env":[{"name":"X","value":"y"}]}',
  },
  script: `
@quiet kubectl apply -f web.yaml -f pod.yaml
@pass 25
kubectl create token default --bound-object-kind=Pod --bound-object-name=box | wc -l
kubectl create token default --bound-object-kind=Nonesuch --bound-object-name=box
kubectl create token default --bound-object-name=box
kubectl create token default --bound-object-kind=Pod
kubectl create token default --bound-object-uid=x
kubectl create token default --bound-object-kind=Pod --bound-object-name=nobody
kubectl expose deployment web --port=80 --name=a --overrides='{"spec":{"type":"NodePort"}}' --dry-run=client -o yaml
kubectl expose deployment web --port=80 --name=a --load-balancer-ip=1.2.3.4 --type=LoadBalancer --dry-run=client -o yaml
kubectl expose deployment web --port=80 --name=a --overrides='{' --dry-run=client
kubectl expose deployment web --port=80 --name=a --override-type=nonesuch --overrides='{}' --dry-run=client
kubectl run o --image=nginx --overrides='{"spec":{"nodeName":"node-1"}}' --dry-run=client -o yaml
kubectl run o --image=nginx --overrides='{"apiVersion":"v1","spec":{"containers":[{"name":"o","tty":true}]}}' --override-type=strategic --dry-run=client -o yaml
kubectl run o --image=nginx --overrides='wrong' --dry-run=client
kubectl run o --image=nginx --override-type=nonesuch --overrides='{}' --dry-run=client
kubectl run o --image=nginx --save-config --dry-run=client -o yaml
kubectl set env deployment/web A=b
kubectl set env deployment/web --list --resolve
kubectl set env deployment/web --resolve
kubectl set image deployment/web nginx=x -A
kubectl scale deployment web --replicas=1 -A
kubectl expose deployment web --validate=false
kubectl top nodes --show-capacity
kubectl top pods -A --sum
kubectl top pods --sum
kubectl top pods --field-selector=metadata.name=box
kubectl top nodes --show-swap
kubectl top pods --show-swap
kubectl exec -f pod.yaml -- echo hi
kubectl exec -f pod.yaml box -- echo hi
kubectl exec -f nonesuch.yaml -- echo hi
kubectl exec box --pod-running-timeout=5m -- echo hi
kubectl exec box --pod-running-timeout=0s -- echo hi
kubectl debug box --image=busybox -c d1 --custom=custom.yaml
kubectl get pod box -o jsonpath='{.spec.ephemeralContainers}'
kubectl debug box --image=busybox -c d2 --custom=custom.json --profile=general
kubectl debug box --image=busybox -c d2 --custom=nonesuch
kubectl taint node node-1 a=b:NoSchedule --validate=false
kubectl wait pod/box --for=condition=Ready --local
kubectl kustomize base --load-restrictor=nonesuch
kubectl kustomize base --load-restrictor=LoadRestrictionsNone | head -3
kubectl kustomize base --enable-helm | head -3
kubectl kustomize base -e A=b | head -3
kubectl config set-cluster c --server=https://x --insecure-skip-tls-verify=true
kubectl config set-cluster c --certificate-authority=nonesuch --embed-certs
kubectl config set-credentials u --exec-command=foo --exec-api-version=client.authentication.k8s.io/v1 --exec-arg=a --exec-arg=b --exec-env=K=v
kubectl config set-credentials u2 --exec-command=foo
kubectl config set-credentials u3 --token=t
kubectl config set-credentials u3 --username=a --password=b
kubectl config set-credentials u4 --token=t --username=a
kubectl config set-context c --cluster=c --user=u --namespace=n
kubectl config view
kubectl config view --raw
kubectl config view --flatten
kubectl config view --minify -o jsonpath='{..namespace}'
kubectl config view --merge=false
kubectl config view --context=c --minify
KUBECONFIG=a.cfg:b.cfg kubectl config set-context x --namespace=y
KUBECONFIG=a.cfg:.kube/config kubectl config view
KUBECONFIG=a.cfg:.kube/config kubectl get cm -o name
KUBECONFIG=a.cfg kubectl config get-contexts
kubectl config delete-cluster c
kubectl config delete-cluster c
kubectl config delete-user u
kubectl config get-contexts c -o name
kubectl config get-contexts nonesuch
kubectl config set current-context nonesuch
kubectl get cm
`,
};
