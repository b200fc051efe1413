import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

/** What people type before they know better, and what they remember from older releases. */
export const newcomers: Scenario = {
  name: 'newcomers',
  files: {
    ...FILES,
    'env.txt': 'A=1\n# note\nB = 2\n',
    'note.txt': 'hello\n',
  },
  script: `
@quiet kubectl apply -f web.yaml -f pod.yaml -f config.yaml
@pass 30
kubectl list pods
kubectl ps
kubectl rm pod box
kubectl get deploy web -o Name
kubectl get deploy web -o JSON | head -3
kubectl get deployment.app -o name
kubectl get DEPLOY -o name
kubectl get pv,pvc
kubectl get ev -o name | wc -l
kubectl get all --no-headers | wc -l
kubectl get pods --output-watch-events
kubectl get pods --raw /
kubectl get --raw apis
kubectl get pods --subresource=status
kubectl get pods -o custom-columns=NAME:.metadata.name,IP:.status.podIP, --no-headers
kubectl get pod box -o custom-columns=A:.metadata.name,B:.spec.containers[5].name
kubectl get deploy -o jsonpath='{range .items[*]}{.kind}{"\\n"}'
kubectl get pod box -o go-template='{{.spec.containers[0].name}}'
kubectl run nginx --image nginx --dry-run -o yaml
kubectl run nginx --image=nginx --port=eighty
kubectl run nginx --image=nginx --dry-run=client -it
kubectl run nginx --image=NGINX --dry-run=client
kubectl run nginx --image='' --dry-run=client
kubectl run nginx --image='a b' --dry-run=client
kubectl run nginx --image=nginx --image-pull-policy=Maybe --dry-run=client
kubectl create service clusterip x --tcp=80:99999
kubectl create cm c --from-file=a=b=note.txt --dry-run=client
kubectl create cm c --from-env-file=env.txt --dry-run=client
kubectl create role r --verb=get --resource=deployments.apps,pods --dry-run=client -o yaml
kubectl create role r --verb='*' --resource='*.*' --dry-run=client -o jsonpath='{.rules}'
kubectl create clusterrole r --verb=list --non-resource-url=/logs
kubectl create job j --from=deploy/web
kubectl expose svc kubernetes --port=443 --name=other
kubectl set image deploy/web nginx:1.28
kubectl set image deploy/web=nginx:1.28
kubectl set image pods --all nobody=busybox:1.36
kubectl set image deploy web nginx=nginx:1.28 --record
kubectl scale deploy web --replicas=1 --record
kubectl patch deploy web -p '{"metadata":{"labels":{"x":"y"}}}' --record=true
kubectl apply -f config.yaml --record
kubectl get deploy,cm -l x=y -o jsonpath='{.items[*].metadata.annotations.kubernetes\\.io/change-cause}'
kubectl set resources deploy web --requests=cpu=2 --limits=cpu=1
kubectl set env pod box A=c
kubectl rollout pause deploy/web
kubectl rollout pause deploy/web
kubectl rollout restart deploy/web
kubectl rollout resume deploy/web
kubectl patch deploy web -p "{'spec':{'replicas':2}}"
kubectl patch deploy web -p {"spec":{"replicas":2}}
kubectl taint nodes node-1 key=value
kubectl taint nodes key=value:NoSchedule
kubectl taint nodes node-1 key=value:NoExecute --overwrite
kubectl taint nodes node-1 key-
kubectl taint pod box a=b:NoSchedule
kubectl taint node-1 a=b:NoSchedule
kubectl taint nodes node-1 a=b=c:NoSchedule
kubectl replace cm settings
kubectl delete pod box --now --force --dry-run=client
kubectl delete pod -l app=box --all
kubectl delete cm settings -o yaml
kubectl delete cm settings -o name
kubectl get flowschemas
`,
};
