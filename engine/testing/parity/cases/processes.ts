import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

export const processes: Scenario = {
  name: 'processes',
  files: {
    ...FILES,
    'talk.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: talk
spec:
  containers:
  - name: one
    image: busybox:1.37
    command: ["sh", "-c", "for i in 1 2 3; do echo line $i; done; sleep 100000"]
  - name: two
    image: busybox:1.37
    command: ["sh", "-c", "echo second; sleep 100000"]
`,
    'crash.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: crash
spec:
  containers:
  - name: main
    image: busybox:1.37
    command: ["sh", "-c", "echo trying; exit 3"]
`,
  },
  script: `
@quiet kubectl apply -f talk.yaml -f crash.yaml -f web.yaml
@pass 40
kubectl logs talk
kubectl logs talk -c two
kubectl logs talk -c nonesuch
kubectl logs talk --all-containers | sort
kubectl logs talk --all-containers --prefix | sort
kubectl logs deployment/web --all-pods | sort
kubectl logs talk -c one --tail=1
kubectl logs talk -c one --limit-bytes=5
kubectl logs talk -c one --timestamps
kubectl logs talk -c one --since=1s
kubectl logs talk two
kubectl logs -l app=web --tail=1
kubectl logs nobody
kubectl logs crash --previous
kubectl logs talk --previous
kubectl logs deployment/web
kubectl logs
kubectl logs talk --tail=x
kubectl exec talk -- echo hello
kubectl exec talk -c two -- echo hello
kubectl exec talk -- sh -c 'exit 7'
kubectl exec talk -- nonesuch
kubectl exec talk
kubectl exec nobody -- ls
kubectl exec talk ls
kubectl exec deploy/web -- hostname
echo data | kubectl exec -i talk -- cat
kubectl exec crash -- ls
kubectl wait pod/talk --for=condition=Ready --timeout=5m
kubectl wait pod/crash --for=condition=Ready --timeout=5s
kubectl wait pod/nobody --for=condition=Ready
kubectl wait pod/talk --for=jsonpath='{.status.phase}'=Running
kubectl wait pod/talk --for=nonesuch
kubectl wait pod/talk
kubectl cp talk:/etc/hostname hostname
kubectl get pod crash
kubectl events --for pod/crash
kubectl run once --image=busybox:1.37 --restart=Never --rm -i -- sh -c 'sleep 2; echo done'
kubectl delete pod talk crash --now
`,
};
