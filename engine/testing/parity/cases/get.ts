import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

export const get: Scenario = {
  name: 'get',
  files: FILES,
  script: `
kubectl apply -f web.yaml
kubectl apply -f pod.yaml
kubectl apply -f config.yaml
@pass 20
kubectl get pods
kubectl get pods -o wide
kubectl get pods --show-labels
kubectl get pods -L app,tier
kubectl get pods --no-headers
kubectl get pods -l app=web
kubectl get pods -l 'app in (web),tier notin (tools)' -o name
kubectl get pods -l nonesuch=1
kubectl get pods -l '=='
kubectl get pods --field-selector status.phase=Running -o name
kubectl get pods --field-selector nonesuch=1
kubectl get pods -A
kubectl get pods -A --no-headers -o wide
kubectl get pods -n kube-system
kubectl get pods -n nowhere
kubectl get pod box
kubectl get pod/box service/web
kubectl get pod box nobody
kubectl get pod nobody --ignore-not-found
kubectl get pod box -o name
kubectl get pod box -o yaml
kubectl get pod box -o json
kubectl get pod box -o yaml --show-managed-fields
kubectl get pod box -o jsonpath='{.spec.containers[0].image}'
kubectl get pods -o jsonpath='{.items[*].metadata.name}'
kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}'
kubectl get pods -o jsonpath='{.items[?(@.metadata.name=="box")].spec.nodeName}'
kubectl get pod box -o jsonpath='{.metadata.labels}'
kubectl get pod box -o jsonpath='{.spec.containers[0].env[0]}'
kubectl get pod box -o jsonpath='{.nonesuch}'
kubectl get pod box -o jsonpath='{.spec.containers[5]}'
kubectl get pod box -o jsonpath='{.spec'
kubectl get pod box -o jsonpath='{.metadata.annotations.note}'
kubectl get pod box -o jsonpath-as-json='{.spec.containers[*].image}'
kubectl get pod box -o go-template='{{.metadata.name}}'
kubectl get pods -o go-template='{{range .items}}{{.metadata.name}} {{end}}'
kubectl get pods -o go-template='{{range $i, $p := .items}}{{if $i}}, {{end}}{{$p.metadata.name | printf "%-5s|"}}{{end}}{{"\\n"}}'
kubectl get pod box -o go-template='{{.spec.nonesuch}}'
kubectl get pod box -o go-template='{{.spec'
kubectl get pod box -o template --template='{{len .spec.containers}}'
kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image
kubectl get pods -o custom-columns=NAME:.metadata.name,NOTHING:.nonesuch --no-headers
kubectl get pods -o custom-columns
kubectl get pods -o custom-columns=NAME
kubectl get pods --sort-by=.metadata.name
kubectl get pods --sort-by=.metadata.creationTimestamp -o name
kubectl get pods --sort-by=.nonesuch
kubectl get pods --sort-by='{'
kubectl get pods -o nonesuch
kubectl get all
kubectl get deploy,rs
kubectl get deploy,svc -o name
kubectl get deploy web -o wide
kubectl get rs
kubectl get svc
kubectl get svc web -o wide
kubectl get endpoints web
kubectl get endpointslices
kubectl get cm
kubectl get cm settings -o yaml
kubectl get cm settings -o jsonpath='{.data.file\\.conf}'
kubectl get nodes
kubectl get nodes -o wide
kubectl get node node-1 -o jsonpath='{.status.capacity.cpu}'
kubectl get ns
kubectl get sa
kubectl get events --field-selector involvedObject.name=box -o custom-columns=R:.reason,M:.message
kubectl get cs
kubectl get leases -A
kubectl get nonesuch
kubectl get pods/
kubectl get pod/box/extra
kubectl get
kubectl get pods --watch-only=false -o name
kubectl get -f pod.yaml
kubectl get -f web.yaml -o name
kubectl get -f nonesuch.yaml
kubectl get deploy web --subresource=status -o name
kubectl get deploy web --subresource=scale
kubectl get pod box --subresource=nonesuch
kubectl get pods --chunk-size=1 -o name
kubectl get po box -o=name
kubectl get pods.v1. -o name
kubectl get deployments.apps -o name
kubectl get deployments.v1.apps -o name
kubectl get deployments.nonesuch
kubectl get pods box --all-namespaces
kubectl get pods --nonesuch
kubectl get pods -o
kubectl get --raw /healthz
kubectl get --raw /version
kubectl get --raw /nonesuch
kubectl get pods -o yaml | head -5
kubectl get pods -o name | sort | wc -l
`,
};
