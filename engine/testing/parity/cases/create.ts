import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

const dryRun = (argv: string) => `kubectl create ${argv} --dry-run=client -o yaml`;

export const create: Scenario = {
  name: 'create',
  files: FILES,
  script: `
${dryRun('deployment web --image=nginx:1.29')}
${dryRun('deployment web --image=nginx:1.29 --image=busybox --replicas=3 --port=80')}
${dryRun('deployment web --image=busybox -- sleep 5')}
${dryRun('job once --image=busybox -- echo hello')}
${dryRun('cronjob tick --image=busybox --schedule="*/5 * * * *" --restart=Never -- date')}
${dryRun('configmap settings --from-literal=a=b --from-literal=c=d')}
${dryRun('configmap files --from-file=pod.yaml')}
${dryRun('configmap files --from-file=named=config.yaml')}
${dryRun('secret generic key --from-literal=a=b')}
${dryRun('secret generic key --from-literal=a=b --type=example.com/own')}
${dryRun('secret docker-registry pull --docker-server=r.example --docker-username=u --docker-password=p --docker-email=e@x')}
${dryRun('secret tls cert --cert=nonesuch --key=nonesuch')}
${dryRun('namespace lab')}
${dryRun('serviceaccount robot')}
${dryRun('role reader --verb=get --verb=list --resource=pods,deployments.apps')}
${dryRun('role reader --verb=get --resource=pods --resource-name=box')}
${dryRun('clusterrole reader --verb=get --non-resource-url=/healthz')}
${dryRun('clusterrole agg --aggregation-rule=a=b')}
${dryRun('rolebinding reads --role=reader --user=jane --serviceaccount=default:robot --group=devs')}
${dryRun('clusterrolebinding reads --clusterrole=view --group=devs')}
${dryRun('service clusterip web --tcp=80:8080')}
${dryRun('service clusterip web --clusterip=None')}
${dryRun('service nodeport web --tcp=80 --node-port=30080')}
${dryRun('service loadbalancer web --tcp=80:80')}
${dryRun('service externalname web --external-name=example.com')}
${dryRun('ingress front --rule=a.example/=web:80 --rule="a.example/b*=web:http,tls=cert" --class=nginx')}
${dryRun('ingress front --default-backend=web:80 --annotation=a=b')}
${dryRun('poddisruptionbudget keep --selector=app=web --max-unavailable=1')}
${dryRun('quota limits --hard=pods=5,cpu=2 --scopes=BestEffort')}
${dryRun('priorityclass high --value=1000 --description=important --preemption-policy=Never')}
kubectl create deployment
kubectl create deployment web
kubectl create deployment web --image=nginx:1.29 --replicas=-1
kubectl create job once --image=busybox
kubectl create job once --image=busybox
kubectl create job two --from=cronjob/nonesuch
kubectl create cronjob tick --image=busybox --schedule=wrong
kubectl create cronjob tick --image=busybox --schedule='*/5 * * * *'
kubectl create job now --from=cronjob/tick
kubectl create configmap settings --from-literal=a
kubectl create configmap settings --from-file=nonesuch
kubectl create configmap settings --from-literal=a=b -o name
kubectl create configmap settings --from-literal=a=b
kubectl create configmap other --from-env-file=nonesuch
kubectl create secret generic
kubectl create secret nonesuch key
kubectl create namespace Lab
kubectl create namespace lab
kubectl create namespace lab
kubectl create role reader --verb=get
kubectl create role reader --resource=pods --verb=fly
kubectl create role reader --verb=get --resource=nonesuch
kubectl create rolebinding reads --user=jane
kubectl create service clusterip web --tcp=wrong
kubectl create service clusterip web --tcp=80:8080
kubectl create service nodeport high --tcp=80 --node-port=80
kubectl create ingress front --rule=wrong
kubectl create ingress front
kubectl create pdb keep --selector=app=web
kubectl create quota limits --hard=wrong
kubectl create priorityclass high --value=5000000000
kubectl create token default --duration=1m
kubectl create token nobody
kubectl create -f pod.yaml
kubectl create -f pod.yaml
kubectl create -f pod.yaml --dry-run=server
kubectl create -f config.yaml -o yaml
kubectl create -f nonesuch.yaml
kubectl create -f .
kubectl create
kubectl create nonesuch
kubectl create deployment a b --image=c
kubectl run one --image=nginx:1.29 --dry-run=client -o yaml
kubectl run one --image=nginx:1.29 --port=80 --env=A=b --labels=x=y --dry-run=client -o yaml
kubectl run one --image=busybox --restart=Never --command --dry-run=client -o yaml -- sh -c 'echo hi'
kubectl run one --image=nginx:1.29 --expose --port=80 --dry-run=client -o yaml
kubectl run one
kubectl run One --image=nginx:1.29
kubectl run one --image=nginx:1.29
kubectl run one --image=nginx:1.29
kubectl expose pod one --port=80 --dry-run=client -o yaml
kubectl expose pod one --port=80 --name=first
kubectl expose pod one
kubectl expose deployment nonesuch --port=80
kubectl autoscale deployment nonesuch --max=3
`,
};
