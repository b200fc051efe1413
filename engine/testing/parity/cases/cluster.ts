import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

export const cluster: Scenario = {
  name: 'cluster',
  files: FILES,
  script: `
kubectl version
kubectl cluster-info
@quiet kubectl create service clusterip web --tcp=443:443
@quiet kubectl label service web kubernetes.io/cluster-service=true kubernetes.io/name=Web
kubectl cluster-info -n default
kubectl cluster-info -s http://127.0.0.1:1
kubectl cluster-info --as=jane
kubectl api-resources
kubectl api-resources -o wide
kubectl api-resources -o name
kubectl api-resources --namespaced=false
kubectl api-resources --api-group=apps
kubectl api-resources --verbs=list,get -o name
kubectl api-resources --categories=all
kubectl api-resources --sort-by=kind
kubectl api-resources --sort-by=nonesuch
kubectl api-versions
kubectl auth can-i create pods
kubectl auth can-i create pods --as=jane
kubectl auth can-i list nonesuch
kubectl auth can-i get /healthz
kubectl auth can-i --list --as=jane
kubectl auth can-i
kubectl auth whoami
kubectl auth whoami -o yaml
kubectl get pods --as=jane
kubectl config view
kubectl config current-context
kubectl config get-contexts
kubectl config get-clusters
kubectl config get-users
kubectl config use-context nonesuch
kubectl config set-context --current --namespace=kube-system
kubectl get pods -o name
kubectl config set-context other --cluster=x --user=y
kubectl config get-contexts
kubectl config rename-context other another
kubectl config delete-context another
kubectl config delete-context another
kubectl config set clusters.x.server http://x
kubectl config unset clusters.x
kubectl config nonesuch
kubectl config set-context --current --namespace=default
kubectl explain pod
kubectl explain pod.spec.containers
kubectl explain pods.spec.containers.image
kubectl explain deployment.spec.strategy --recursive
kubectl explain pod.nonesuch
kubectl explain nonesuch
kubectl explain
kubectl explain svc --api-version=v1
kubectl explain cronjob.spec --output=plaintext-openapiv2
kubectl completion nonesuch
# Events of the same second come in any order.
kubectl events | awk '{print $2, $3, $4}' | sort
kubectl events -n nowhere
kubectl events --types=Nonesuch
kubectl events --for pod/nobody
kubectl events --no-headers --types=Warning,Normal | awk '{print $2, $3, $4}' | sort
kubectl top nodes
kubectl top pods
`,
};
