import type { Scenario } from '../scenario.ts';

export const debug: Scenario = {
  name: 'debug',
  script: `
@quiet kubectl run web --image=nginx:1.29
@quiet kubectl wait pod/web --for=condition=Ready
kubectl debug web --image=busybox:1.37 -c l
kubectl debug web --image=busybox:1.37 -c g --profile=general -- sleep 100
kubectl debug web --image=busybox:1.37 -c b --profile=baseline --env=A=b -- sleep 100
kubectl debug web --image=busybox:1.37 -c r --profile=restricted -- sleep 100
kubectl debug web --image=busybox:1.37 -c n --profile=netadmin --arguments-only -- sleep 100
kubectl debug web --image=busybox:1.37 -c t --target=web --profile=general -- sleep 100
kubectl get pod web -o jsonpath='{.spec.ephemeralContainers}'
kubectl debug web --image=busybox:1.37 --copy-to=c0 -c dbg -- sleep 5
kubectl debug web --image=busybox:1.37 --copy-to=c1 -c x --profile=general --share-processes
kubectl debug web --image=busybox:1.37 --copy-to=c2 -c x --profile=restricted --same-node
kubectl debug web --copy-to=c3 --set-image=*=busybox:1.37
kubectl debug web --copy-to=c4 -c web -- sleep 1
kubectl debug web --image=busybox:1.37 --copy-to=c5 -c x --keep-labels --profile=sysadmin
kubectl get pods c0 c1 c2 c3 c4 c5 -o jsonpath='{range .items[*]}{.spec.containers}{.spec.shareProcessNamespace}{.metadata.labels}{"\\n"}{end}'
kubectl debug web
kubectl debug web --image=b --set-image=a=b
kubectl debug web --copy-to=zz
kubectl debug web --copy-to=web -c x --image=a
kubectl debug web --image=b --target=web --copy-to=zz
kubectl debug web --image=b -t
kubectl debug web --image=b -c web
kubectl debug web --image=b --profile=nonesuch
kubectl debug nobody --image=b
kubectl debug deployment/web --image=b
kubectl debug node/nobody --image=b
kubectl debug service/kubernetes --image=b
`,
};
