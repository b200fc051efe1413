import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

/** JSON of what kubectl decodes into structures of Go, whose fields have an order of their own, and other forms. */
export const formats: Scenario = {
  name: 'formats',
  files: FILES,
  script: `
kubectl create deployment web --image=nginx -o json --dry-run=client
kubectl create job once --image=busybox -o json --dry-run=client
kubectl create cronjob tick --image=busybox --schedule='* * * * *' -o json --dry-run=client
kubectl create role r --verb=get --resource=pods -o json --dry-run=client
kubectl create rolebinding r --role=r --user=ann -o json --dry-run=client
kubectl create ingress i --rule=a.example/=web:80 -o json --dry-run=client
kubectl create quota q --hard=pods=5 -o json --dry-run=client
kubectl create pdb p --selector=a=b --min-available=1 -o json --dry-run=client
kubectl create secret generic s --from-literal=a=b -o json --dry-run=client
kubectl create priorityclass high --value=5 -o json --dry-run=client
kubectl create cm x --from-literal=b=c -o json
kubectl create ns lab -o json
kubectl create token default -o json | sed 's/"token": .*/"token"/'
kubectl run one --image=nginx:1.29 -o json --dry-run=client
kubectl run one --image=nginx:1.29 -o json
kubectl create deployment web --image=nginx:1.29 -o json
kubectl expose deployment web --port=80 -o json
kubectl autoscale deployment web --max=3 -o json
kubectl set image deployment web nginx=nginx:1.28 -o json
kubectl set env deployment web A=b --dry-run=client -o json
kubectl scale deployment web --replicas=1 -o json
kubectl label deployment web a=b -o json
kubectl taint node node-1 a=b:NoSchedule -o json
kubectl cordon node-1 -o json
kubectl config view -o json
kubectl config view -o nonesuch
kubectl config view -o jsonpath='{.clusters[0].name}'
kubectl config view --minify -o name
kubectl auth whoami -o json
kubectl events -o json | head -7
kubectl create -f config.yaml -o json
kubectl api-resources -o json --api-group=apps
kubectl api-resources -o yaml --api-group=apps
kubectl api-resources -o kyaml --api-group=batch
kubectl api-resources -o nonesuch
kubectl get cm settings -o kyaml
kubectl get cm -o kyaml
`,
};
