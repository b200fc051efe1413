import type { Scenario } from '../scenario.ts';

const pod = (name: string, command: string) => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
  - name: main
    image: busybox:1.37
    command: ["sh", "-c", "${command}"]
`;

/** Files into containers and out of them, and waiting. */
export const files: Scenario = {
  name: 'files',
  files: {
    'box.yaml': pod('box', 'mkdir -p /data/sub; echo one > /data/one; echo two > /data/sub/two; sleep 100000'),
    'crash.yaml': pod('crash', 'exit 3'),
    'note.txt': 'a note\n',
    'site/index.html': '<h1>hello</h1>\n',
    'site/css/main.css': 'h1 {}\n',
  },
  script: `
kubectl apply -f box.yaml -f crash.yaml
@pass 20
kubectl cp box:/data/one one; cat one
kubectl cp default/box:/data/one sub-one -c main; cat sub-one
kubectl cp box:/data data; cat data/one data/sub/two
kubectl cp note.txt box:/tmp/note.txt
kubectl exec box -- cat /tmp/note.txt
kubectl cp note.txt box:/tmp
kubectl exec box -- ls /tmp
kubectl cp site box:/srv
kubectl exec box -- sh -c 'ls -R /srv; cat /srv/index.html /srv/site/index.html'
kubectl cp nowhere.txt box:/tmp/x
kubectl cp box:/nowhere here
kubectl cp note.txt nobody:/tmp/x
kubectl cp nobody:/tmp/x here
kubectl cp a b
kubectl cp a
kubectl cp box:/a box:/b
kubectl cp a/b/c:/x y
kubectl exec crash -- ls
kubectl attach crash
kubectl wait pod/box --for=jsonpath='{.status.phase}'=Running --timeout=5m
kubectl wait pod/box --for=condition=Ready --timeout=5m
kubectl wait pod/box --for=nonesuch --timeout=5m
kubectl wait pod/box --for=create --timeout=5m
kubectl wait pod/nobody --for=create --timeout=5s
kubectl wait pod/nobody --for=delete --timeout=5s
kubectl wait pods -l a=nothing --for=condition=Ready --timeout=5s
kubectl wait pod/box --for=jsonpath='{.status.phase}'=Failed --timeout=5s
kubectl wait pod/box --for=jsonpath='{.status.phase' --timeout=5s
kubectl wait pod/box --for=condition=Ready=false --timeout=5s
kubectl get --raw /version
kubectl get --raw /healthz
kubectl get --raw /nonesuch
kubectl get --raw /api/v1/namespaces/default/pods/nobody
kubectl patch pod box -p '5'
kubectl patch pod box -p '{'
kubectl patch pod box --type=merge -p '[1]'
kubectl patch pod box --type=merge -p 'x'
kubectl patch pod box --type=json -p 'x'
kubectl patch pod box --type=json -p '{"a":1}'
kubectl get pods --sort-by='{'
kubectl get pods -o yaml --sort-by='{'
kubectl logs box -c nonesuch
`,
};
