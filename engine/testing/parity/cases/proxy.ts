import type { Scenario } from '../scenario.ts';
import { processes } from './processes.ts';

/** The API by curl on the workstation, through kubectl. */
export const proxy: Scenario = {
  name: 'proxy',
  files: processes.files!,
  script: `
@quiet kubectl apply -f talk.yaml
@pass 20
kubectl proxy --port=8123 > p.out & sleep 1; curl -s localhost:8123/version; curl -s -o /dev/null -w '%{http_code}\\n' localhost:8123/api/v1/namespaces/default/pods/talk; curl -s localhost:8123/api/v1/namespaces/default/pods/nobody; kill %1; cat p.out
kubectl proxy --port=8124 > p.out & sleep 1; curl -s localhost:8124/api/v1/namespaces/default/pods/talk/exec; echo; curl -s -H 'Host: evil.example' localhost:8124/version; echo; curl -s 'localhost:8124/api/v1/namespaces/default/pods/talk/log?container=one'; kill %1
mkdir -p www; echo hi > www/x.txt; kubectl proxy --port=8125 --www=www --api-prefix=/k8s > p.out & sleep 1; curl -s localhost:8125/static/x.txt; curl -s localhost:8125/k8s/version | head -2; curl -s localhost:8125/version; kill %1
kubectl proxy --port=8126 > p.out & sleep 1; curl -s -X POST -H 'Content-Type: application/json' -d '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"px"}}' -o /dev/null -w '%{http_code}\\n' localhost:8126/api/v1/namespaces/default/configmaps; curl -s -X DELETE localhost:8126/api/v1/namespaces/default/configmaps/px; curl -s localhost:8126/healthz; kill %1
kubectl get cm -o name
kubectl proxy --port=8127 --reject-methods=GET > p.out & sleep 1; curl -s localhost:8127/version; kill %1
kubectl proxy --port=99999
kubectl proxy --port=x
kubectl proxy --accept-paths='('
kubectl proxy --port=8128 --address=203.0.113.9
`,
};
