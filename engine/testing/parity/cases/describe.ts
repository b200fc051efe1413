import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

export const describe: Scenario = {
  name: 'describe',
  files: FILES,
  script: `
@quiet kubectl apply -f web.yaml -f pod.yaml -f config.yaml
@quiet kubectl create secret generic key --from-literal=token=abcdef
@quiet kubectl create quota limits --hard=pods=50,requests.cpu=4
@quiet kubectl create job once --image=busybox:1.37 -- echo done
@quiet kubectl create cronjob tick --image=busybox:1.37 --schedule='*/5 * * * *' -- date
@quiet kubectl create ingress front --class=nginx --rule='a.example/path*=web:80'
@quiet kubectl create role reader --verb=get,list --resource=pods
@quiet kubectl create rolebinding reads --role=reader --user=jane
@quiet kubectl create pdb web --selector=app=web --min-available=1
@quiet kubectl autoscale deployment web --min=1 --max=3 --cpu=50%
@pass 30
kubectl describe pod box
kubectl describe pods -l app=web
kubectl describe deployment web
kubectl describe rs
kubectl describe svc web
kubectl describe cm settings
kubectl describe secret key
kubectl describe node node-1
kubectl describe ns default
kubectl describe quota limits
kubectl describe job once
kubectl describe cronjob tick
kubectl describe ingress front
kubectl describe role reader
kubectl describe rolebinding reads
kubectl describe clusterrole view
kubectl describe pdb web
kubectl describe hpa web
kubectl describe sa default
kubectl describe endpoints web
kubectl describe endpointslice -l kubernetes.io/service-name=web
kubectl describe priorityclass system-node-critical
kubectl describe lease -n kube-system kube-scheduler
kubectl describe pod nobody
kubectl describe pod bo
kubectl describe nonesuch
kubectl describe
kubectl describe -f pod.yaml
kubectl describe pod/box svc/web --show-events=false
`,
};
