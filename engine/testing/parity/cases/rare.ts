import type { Scenario } from '../scenario.ts';

const MAP = '\ufeffapiVersion: v1\nkind: ConfigMap\nmetadata: {name: u}\n';

/** A text in UTF-16, as printf takes bytes. */
function utf16(text: string, littleEndian: boolean): string {
  return Array.from(text, (letter) => {
    const code = letter.charCodeAt(0);
    const bytes = littleEndian ? [code & 0xff, code >> 8] : [code >> 8, code & 0xff];
    return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  }).join('');
}

/** What hardly anybody writes. */
export const rare: Scenario = {
  name: 'rare',
  script: `
@quiet kubectl create deployment web --image=nginx:1.29
@quiet kubectl rollout status deploy/web
printf '${utf16(MAP, true)}' > u16.yaml; kubectl apply -f u16.yaml
printf '${utf16(MAP, false)}' > u16be.yaml; kubectl apply -f u16be.yaml
printf '%%YAML 1.2\\n---\\napiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: d}\\n' > directive.yaml; kubectl apply -f directive.yaml
printf '%%YAML 1.1\\n---\\napiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: d}\\n' > d11.yaml; kubectl apply -f d11.yaml
printf '%%TAG ! tag:x,2000:\\n---\\napiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: d}\\n' > tag.yaml; kubectl apply -f tag.yaml
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: dots}\\n...\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: bin}\\ndata: {a: !!binary aGVsbG8=}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: str}\\ndata: {a: !!str 5, b: !!int "5"}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: t}\\ndata: {a: 2001-12-14, b: 1e3}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: t}\\ndata: {a: yes}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: m}\\ndata:\\n  <<: {a: b}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: k}\\ndata:\\n  ? a\\n  : b\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: k}\\ndata:\\n  [a]: b\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: q}\\ndata: {a: "\\\\x41\\\\u263a\\\\z"}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: o}\\ndata: {a: 0o14, b: 014, c: 0x1F, d: .inf, e: ~}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\n\\tmetadata: {name: tab}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: un\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: [name: un}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: "ConfigMap\\nmetadata: {name: un}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: un}\\ndata: |\\n  text\\n bad\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: un}\\ndata: {a: @b}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: un}\\ndata: {a: %%b}\\n' | kubectl apply -f -
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: un}\\ndata: {a: !x b}\\n' | kubectl apply -f -
printf -- '- apiVersion: v1\\n- kind: ConfigMap\\n' | kubectl apply -f -
printf 'text\\n' | kubectl apply -f -
printf '5\\n' | kubectl apply -f -
kubectl get deploy -o jsonpath='{end}'
kubectl get deploy -o jsonpath='{range .items[*]}{end}{end}'
kubectl get deploy -o jsonpath='{range}{end}'
kubectl get deploy -o jsonpath='{range .items[*]}{range .metadata}{.name}{end}{end}'
kubectl get deploy -o jsonpath='{.items[0].metadata.name'
kubectl get deploy -o jsonpath='{.items[-1].metadata.name}'
kubectl get deploy -o jsonpath='{.items[5].metadata.name}'
kubectl get deploy -o jsonpath='{.items[*].nonesuch}'
kubectl get deploy -o jsonpath='{.items[?(@.metadata.name)].metadata.name}'
kubectl get deploy -o jsonpath='{.items[?(@.metadata.name=="web"].metadata.name}'
kubectl get deploy -o jsonpath='{.items[?(@.metadata.name>5)].metadata.name}'
kubectl get deploy -o jsonpath='{.items[?(@.spec.replicas>=1)].metadata.name}'
kubectl get deploy -o jsonpath='{.items[?(@.spec.replicas==1 && true)].metadata.name}'
kubectl get deploy -o jsonpath='{.items[0]["metadata"]["name"]}'
kubectl get deploy -o jsonpath='{.items[0][metadata]}'
kubectl get deploy -o jsonpath="{.items[0]['metadata','spec']['name','replicas']}"
kubectl get deploy -o jsonpath='{.items[0:]}{.items[:1].kind}{.items[::2].kind}{.items[1:0]}'
kubectl get deploy -o jsonpath='{$.kind}{@.kind}{"\\t"}{1}{true}{1.5}'
kubectl get deploy -o jsonpath='{.items[0].metadata.name}}'
kubectl get deploy -o jsonpath='{{.kind}}'
kubectl get deploy -o jsonpath='{.kind | x}'
kubectl get deploy -o jsonpath='{*}' --allow-missing-template-keys=false
kubectl get deploy -o jsonpath='{.nonesuch}' --allow-missing-template-keys=false
kubectl get deploy -o jsonpath='{.items[9].x}' --allow-missing-template-keys=false
kubectl get deploy -o go-template='{{.nonesuch}}' --allow-missing-template-keys=false
kubectl get deploy -o go-template='{{range $i, $x := .items}}{{$i}}{{$x.metadata.name}}{{else}}none{{end}}'
kubectl get deploy -o go-template='{{with .nonesuch}}a{{else}}b{{end}}{{len .items}}{{printf "%q" .kind}}'
kubectl get deploy -o go-template='{{end}}'
kubectl get deploy -o go-template='{{.items.name}}'
kubectl get deploy -o go-template='{{base64decode "aGk="}}{{base64decode "!"}}'
kubectl get deploy -o custom-columns='N:.metadata.name,X:.nonesuch,Y:{.spec.replicas},Z:spec.template.spec.containers[*].image'
kubectl get deploy -o custom-columns='N:.metadata[name'
kubectl get deploy -o jsonpath='{.items[0].metadata.annotations['deployment.kubernetes.io/revision']}'
kubectl get deploy -o jsonpath="{.items[0].metadata.annotations['deployment\\.kubernetes\\.io/revision']}"
kubectl get deploy -o jsonpath='{.items[0].metadata.name "x"}{.kind .items[0].kind}'
kubectl get deploy -o jsonpath='{kind}'
kubectl get deploy -o jsonpath='{.items[0].spec.replicas[0]}'
kubectl get deploy -o jsonpath='{.items[?(@.spec)].kind}{.items[?(@.metadata.labels==1)].kind}'
kubectl get deploy -o jsonpath='{.kind[?(@.a==1)]}'
kubectl get deploy -o jsonpath='{..containers[*].image}{.items..image}{.items.*.kind}'
kubectl scale deploy web --replicas=2 --timeout=5m
kubectl scale deploy web --replicas=2 --timeout=x
kubectl scale deploy web --replicas=3 --current-replicas=9
kubectl scale deploy web
kubectl scale deploy,rs --all --replicas=1 --dry-run=client
kubectl scale node node-1 --replicas=1
kubectl scale --replicas=1 deploy/web deploy/nobody
kubectl plugin list
`,
};
