import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

// Where the real one goes through a map of Go, its order differs from run to run: one key, one reason at a time.
export const change: Scenario = {
  name: 'change',
  files: FILES,
  script: `
kubectl apply -f web.yaml
kubectl apply -f web.yaml
kubectl apply -f pod.yaml -f config.yaml
@pass 15
kubectl label pod box a=b
kubectl label pod box a=c
kubectl label pod box a=c --overwrite
kubectl label pod box a=c
kubectl label pod box a-
kubectl label pod box nonesuch-
kubectl label pods --all team=blue
kubectl label pod box wrong!=x
kubectl label pod box
kubectl annotate pod box why=because
kubectl annotate pod box why-
kubectl annotate pod box --list | sort
kubectl annotate pod nobody a=b
kubectl patch pod box -p '{"metadata":{"labels":{"x":"y"}}}'
kubectl patch pod box -p '{"metadata":{"labels":{"x":"y"}}}'
kubectl patch pod box --type=merge -p '{"metadata":{"labels":{"x":null}}}'
kubectl patch pod box --type=json -p '[{"op":"replace","path":"/metadata/labels/tier","value":"new"}]'
kubectl patch pod box --type=json -p '[{"op":"remove","path":"/metadata/labels/nonesuch"}]'
kubectl patch pod box --type=nonesuch -p '{}'
kubectl patch pod box -p 'wrong'
kubectl patch pod box -p '{"spec":{"containers":[{"name":"main","image":"busybox:1.36"}]}}'
kubectl patch pod box -p '{"spec":{"nodeName":"other"}}'
kubectl patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":3}}'
kubectl scale deployment web --replicas=1
kubectl scale deployment web --replicas=2 --current-replicas=5
kubectl scale deployment/web deployment/nobody --replicas=2
kubectl scale deployment web
kubectl scale pod box --replicas=2
kubectl set image deployment/web nginx=nginx:1.28
kubectl set image deployment/web nonesuch=nginx:1.28
kubectl set image deployment/web
kubectl set env deployment/web COLOR=red
kubectl set env deployment/web --list
kubectl set env deployment/web COLOR-
kubectl set env deployment/web --from=configmap/settings --keys=color
kubectl set resources deployment/web --limits=cpu=200m,memory=64Mi
kubectl set serviceaccount deployment/web default
kubectl set selector service web app=web,x=y
kubectl rollout status deployment/web
kubectl rollout history deployment/web
kubectl rollout history deployment/web --revision=2
kubectl rollout undo deployment/web
kubectl rollout undo deployment/web --to-revision=99
kubectl rollout pause deployment/web
kubectl rollout pause deployment/web
kubectl rollout resume deployment/web
kubectl rollout restart deployment/web
kubectl rollout status deployment/nobody
kubectl rollout status service/web
kubectl cordon node-1
kubectl cordon node-1
kubectl uncordon node-1
kubectl cordon nobody
kubectl taint node node-1 a=b:NoSchedule
kubectl taint node node-1 a=b:NoSchedule
kubectl taint node node-1 a=c:NoSchedule --overwrite
kubectl taint node node-1 a-
kubectl taint node node-1 a-
kubectl taint node node-1 wrong
kubectl drain node-1 --ignore-daemonsets
kubectl drain node-1 --ignore-daemonsets --force --dry-run=client
kubectl autoscale deployment web --min=1 --max=3 --cpu=50%
kubectl autoscale deployment web --max=3
kubectl diff -f web.yaml
sed -i 's/color: blue/color: green/' config.yaml; kubectl diff -f config.yaml
kubectl apply -f config.yaml
kubectl apply -f config.yaml --dry-run=client
kubectl apply -f config.yaml --dry-run=server -o name
kubectl apply view-last-applied cm settings
kubectl apply -f nonesuch.yaml
kubectl apply --server-side -f config.yaml
kubectl apply --server-side --force-conflicts -f config.yaml
kubectl apply --server-side --field-manager=other -f config.yaml
kubectl replace -f config.yaml
kubectl replace -f nonesuch.yaml
EDITOR='sed -i s/green/yellow/' kubectl edit cm settings
EDITOR=true kubectl edit cm settings
EDITOR=false kubectl edit cm settings
kubectl edit cm nobody
kubectl delete cm settings
kubectl delete cm settings
kubectl delete cm settings --ignore-not-found
kubectl delete pod box --now
kubectl delete deployment web --cascade=orphan
kubectl delete rs --all | wc -l
kubectl delete -f web.yaml
kubectl delete pods -l app=web --wait=false
kubectl delete
kubectl delete pods
kubectl delete nonesuch x
kubectl delete pod x --grace-period=-5 --force
`,
};
