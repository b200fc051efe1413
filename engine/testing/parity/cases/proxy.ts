import type { Scenario } from '../scenario.ts';
import { processes } from './processes.ts';

/** What curl says through a proxy at a port, `$P`, that was free: it is asked as soon as it has told which. */
function through(script: string, flags = ''): string {
  const begun = `P=$(grep -oE '[0-9]+$' p.out 2>/dev/null)`;
  return `rm -f p.out; kubectl proxy --port=0${flags} > p.out & until ${begun}; do sleep 0.1; done; ${script}; kill %1`;
}

const PODS = 'localhost:$P/api/v1/namespaces/default/pods';
const CONFIG_MAPS = 'localhost:$P/api/v1/namespaces/default/configmaps';
const STATUS = `-o /dev/null -w '%{http_code}\\n'`;
const MADE = `-X POST -H 'Content-Type: application/json' -d '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"px"}}'`;

/** The API by curl on the workstation, through kubectl. */
export const proxy: Scenario = {
  name: 'proxy',
  files: processes.files!,
  script: `
@quiet kubectl apply -f talk.yaml
@pass 20
${through(`curl -s localhost:$P/version; curl -s ${STATUS} ${PODS}/talk; curl -s ${PODS}/nobody; sed s/$P/PORT/ p.out`)}
${through(`curl -s ${PODS}/talk/exec; echo; curl -s -H 'Host: evil.example' localhost:$P/version; echo; curl -s "${PODS}/talk/log?container=one"`)}
mkdir -p www; echo hi > www/x.txt
${through('curl -s localhost:$P/static/x.txt; curl -s localhost:$P/k8s/version | head -2; curl -s localhost:$P/version', ' --www=www --api-prefix=/k8s')}
${through(`curl -s ${MADE} ${STATUS} ${CONFIG_MAPS}; curl -s -X DELETE ${CONFIG_MAPS}/px; curl -s localhost:$P/healthz`)}
kubectl get cm -o name
${through('curl -s localhost:$P/version', ' --reject-methods=GET')}
kubectl proxy --port=99999
kubectl proxy --port=x
kubectl proxy --accept-paths='('
kubectl proxy --port=8128 --address=203.0.113.9
`,
};
