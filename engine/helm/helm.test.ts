import { beforeAll, expect, test } from 'vitest';
import { Testbed } from '../testing/scenarios/testbed.ts';

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed();
  bed.pass(20);
  bed.sh('helm repo add drydock https://charts.drydock.example');
});

const out = (script: string) => bed.sh(script).stdout;
const err = (script: string) => bed.sh(script).stderr;

test('a release is installed, upgraded, rolled back and uninstalled', () => {
  expect(out('helm install web drydock/nginx --version 1.0.0 --wait')).toMatch(
    /^NAME: web\nLAST DEPLOYED: \w{3} \w{3} .{16}\nNAMESPACE: default\nSTATUS: deployed\nREVISION: 1\nTEST SUITE: None\nNOTES:\n/,
  );
  expect(out('kubectl get deploy web-nginx --no-headers')).toMatch(/^web-nginx +1\/1/);
  expect(out('helm upgrade web drydock/nginx --set replicaCount=2')).toMatch(
    /^Release "web" has been upgraded\. Happy Helming!\n/,
  );
  expect(
    out('kubectl get deploy web-nginx -o jsonpath="{.spec.replicas} {.spec.template.spec.containers[0].image}"'),
  ).toBe('2 nginx:1.29');
  expect(out('helm get values web')).toBe('USER-SUPPLIED VALUES:\nreplicaCount: 2\n');
  expect(out('helm rollback web 1')).toBe('Rollback was a success! Happy Helming!\n');
  expect(
    out('kubectl get deploy web-nginx -o jsonpath="{.spec.replicas} {.spec.template.spec.containers[0].image}"'),
  ).toBe('1 nginx:1.28');
  expect(out('helm history web -o json | jq -r ".[] | [.revision, .status, .description] | @csv"')).toBe(
    '1,"superseded","Install complete"\n2,"superseded","Upgrade complete"\n3,"deployed","Rollback to 1"\n',
  );
  expect(out('helm uninstall web')).toBe('release "web" uninstalled\n');
  expect(
    out('kubectl get deploy,cm,secret -l app.kubernetes.io/managed-by=Helm -o name; kubectl get secret -o name'),
  ).toBe('');
});

test('what goes wrong is said in the words of helm', () => {
  bed.sh('helm install twice drydock/nginx');
  expect(err('helm install twice drydock/nginx')).toBe(
    'Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n',
  );
  expect(err('helm upgrade nobody drydock/nginx')).toBe('Error: UPGRADE FAILED: "nobody" has no deployed releases\n');
  expect(err('helm status nobody')).toBe('Error: release: not found\n');
  expect(err('helm rollback twice 7')).toBe('Error: release has no 7 version\n');
  expect(err('helm uninstall nobody')).toBe('Error: uninstall: Release not loaded: nobody: release: not found\n');
  expect(err('helm install a drydock/none')).toContain('chart "none" matching  not found in drydock index.');
  expect(err('helm install a nginx')).toContain(
    'non-absolute URLs should be in form of repo_name/path_to_chart, got: nginx',
  );
  expect(err('helm install a drydock/nginx -n nowhere')).toBe(
    'Error: INSTALLATION FAILED: create: failed to create: namespaces "nowhere" not found\n',
  );
  expect(err('helm repo add b https://charts.bitnami.com/bitnami')).toContain(
    'dial tcp: lookup charts.bitnami.com: no such host',
  );
});

test('an upgrade that never gets ready is undone with --atomic', () => {
  bed.sh('helm install firm drydock/nginx --wait');
  expect(err('helm upgrade firm drydock/nginx --set image.tag=nonesuch --atomic --timeout 10s')).toBe(
    'Error: UPGRADE FAILED: release firm failed, and has been rolled back due to atomic being set: context deadline exceeded\n',
  );
  expect(out('helm list -f firm -o json | jq -r ".[].revision"')).toBe('3\n');
  expect(out('kubectl get deploy firm-nginx -o jsonpath="{.spec.template.spec.containers[0].image}"')).toBe(
    'nginx:1.29',
  );
});

test('what others have changed stays in an upgrade that does not concern it', () => {
  bed.sh(
    'helm install merge drydock/nginx; kubectl annotate deploy merge-nginx team=blue; kubectl scale deploy merge-nginx --replicas=3',
  );
  bed.sh('helm upgrade merge drydock/nginx --set message=Hello');
  expect(out('kubectl get deploy merge-nginx -o jsonpath="{.metadata.annotations.team} {.spec.replicas}"')).toBe(
    'blue 1',
  );
});

test('objects that are there already are not taken over', () => {
  bed.sh('kubectl create service clusterip mine-nginx --tcp=80');
  expect(err('helm install mine drydock/nginx')).toBe(
    'Error: INSTALLATION FAILED: Unable to continue with install: Service "mine-nginx" in namespace "default" exists and cannot be ' +
      'imported into the current release: invalid ownership metadata; label validation error: missing key ' +
      '"app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key ' +
      '"meta.helm.sh/release-name": must be set to "mine"; annotation validation error: missing key ' +
      '"meta.helm.sh/release-namespace": must be set to "default"\n',
  );
});

test('a release is a Secret with gzipped JSON', () => {
  bed.sh('helm install kept drydock/nginx --create-namespace -n shop');
  expect(
    out(
      'kubectl get secret -n shop sh.helm.release.v1.kept.v1 -o jsonpath="{.data.release}" | base64 -d | base64 -d | gzip -d | jq -r .info.status',
    ),
  ).toBe('deployed\n');
  expect(out('helm list -n shop -q; helm list -A -q | grep kept')).toBe('kept\nkept\n');
});

test("a chart of one's own: created, linted, packaged, installed and tested", () => {
  expect(out('cd /root && helm create app && helm lint app')).toContain('1 chart(s) linted, 0 chart(s) failed\n');
  expect(out('cd /root && helm package app')).toBe(
    'Successfully packaged chart and saved it to: /root/app-0.1.0.tgz\n',
  );
  expect(out('helm install own /root/app-0.1.0.tgz --wait && helm test own')).toMatch(/Phase: {10}Succeeded\n/);
});

const chart = (templates: Readonly<Record<string, string>>, values = '') => {
  bed.sh('rm -rf /root/c');
  const files = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', 'values.yaml': values, ...templates };
  for (const [path, text] of Object.entries(files)) bed.cluster.submit({ kind: 'file.write', path: `c/${path}`, text });
};

test('hooks run at their time and are no part of the manifest', () => {
  const hook = (event: string, command: string) =>
    `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${event}\n  annotations: {helm.sh/hook: ${event}}\nspec:\n  backoffLimit: 0\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: a, image: busybox, command: [sh, -c, "${command}"]}]\n`;
  chart({ 'templates/job.yaml': hook('pre-install', 'exit 0') });
  expect(bed.sh('helm install hooked /root/c').exitCode).toBe(0);
  expect(out('helm get manifest hooked')).toBe('\n');
  chart({ 'templates/job.yaml': hook('post-install', 'exit 1') });
  expect(err('helm install broken /root/c')).toBe(
    'Error: INSTALLATION FAILED: failed post-install: job post-install failed: BackoffLimitExceeded\n',
  );
  expect(out('helm list -f broken -o json | jq -r ".[].status"')).toBe('failed\n');
});

test.each([
  [
    '{{ .Values.a.b.c }}',
    'Error: template: c/templates/x.yaml:1:10: executing "c/templates/x.yaml" at <.Values.a.b.c>: nil pointer evaluating interface {}.b\n',
  ],
  ['a: 1\nb: {{ nonesuch 1 }}', 'Error: parse error at (c/templates/x.yaml:2): function "nonesuch" not defined\n'],
  ['a: {{ required "say a" .Values.a }}', 'Error: execution error at (c/templates/x.yaml:1:6): say a\n'],
  ['a: {{ include "gone" . }}', 'no template "gone" associated with template "gotpl"'],
  ['{{ if true }}', 'Error: parse error at (c/templates/x.yaml:1): unexpected EOF\n'],
])('the template %j fails', (text, message) => {
  chart({ 'templates/x.yaml': text });
  expect(err('helm template /root/c')).toContain(message);
});

test.each([
  ['{{ toYaml .Values.m | nindent 2 }}', 'm: {a: 1, b: [x]}', '\n  a: 1\n  b:\n  - x'],
  ['{{ range $k, $v := .Values.m }}{{ $k }}={{ $v }},{{ end }}', 'm: {b: 2, a: 1}', 'a=1,b=2,'],
  ['{{ with .Values.m }}{{ .a | default "none" | quote }}{{ end }}', 'm: {b: 1}', '"none"'],
  ['{{ tpl .Values.t . }}', 't: "{{ .Release.Name }}"', 'release-name'],
  ['{{ printf "%s-%d" .Chart.Name (int .Values.count) | trunc 5 | trimSuffix "-" }}', 'count: 12', 'c-12'],
  ['{{ if semverCompare ">=1.30-0" .Capabilities.KubeVersion.GitVersion }}new{{ else }}old{{ end }}', '', 'new'],
  ['{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}', '', 'true'],
  ['{{ range until 3 }}{{ . }}{{ end }}', '', '012'],
  ['{{ (dict "a" (list 1 2) "b" "x") | toJson }}', '', '{"a":[1,2],"b":"x"}'],
  ['{{ ternary "y" "n" (hasKey .Values "a") }}{{ coalesce nil "" "z" }}', 'a: 1', 'yz'],
  ['{{ "secret" | b64enc }} {{ "abc" | sha256sum | trunc 8 }}', '', 'c2VjcmV0 ba7816bf'],
  ['{{ block "x" . }}b{{ end }}{{- /* gone */ -}}  !', '', 'b!'],
])('the template %s with %j', (text, values, rendered) => {
  chart({ 'templates/NOTES.txt': text }, values);
  bed.sh('helm uninstall shown; helm install shown /root/c');
  const notes = JSON.parse(out('helm status shown -o json')).info.notes.replaceAll('shown', 'release-name');
  expect(notes).toBe(rendered);
});

test('values: files under --set, null takes away, subcharts have their own', () => {
  chart(
    {
      'templates/x.yaml': 'a: {{ .Values | toJson }}',
      'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
      'charts/sub/values.yaml': 'own: 1\nport: 80\n',
      'charts/sub/templates/y.yaml': 'b: {{ .Values.port }}\ng: {{ .Values.global.g }}',
      'more.yaml': 'list: [z]\nsub: {port: 81}\n',
    },
    'list: [x, y]\ngone: {a: 1}\nglobal: {g: 5}\n',
  );
  expect(
    out(
      'helm template /root/c -f /root/c/more.yaml --set gone=null,n.m[1]=2 --set-string s=3 --set-json \'j={"k":[1]}\'',
    ),
  ).toBe(
    '---\n# Source: c/charts/sub/templates/y.yaml\nb: 81\ng: 5\n---\n# Source: c/templates/x.yaml\n' +
      'a: {"global":{"g":5},"j":{"k":[1]},"list":["z"],"n":{"m":[null,2]},"s":"3","sub":{"global":{"g":5},"own":1,"port":81}}\n',
  );
  expect(err('helm template /root/c --set a')).toBe('Error: failed parsing --set data: key "a" has no value\n');
});

test('a key named __proto__ is a key like any other', () => {
  chart(
    { 'templates/x.yaml': 'a: {{ .Values | toJson }}\nb: {{ merge (dict) .Values.m | toJson }}\n' },
    'm: {"__proto__": {polluted: 1}}\n',
  );
  const given = '--set __proto__.polluted=1,constructor.prototype.polluted=1 --set-json \'{"__proto__": {"json": 1}}\'';
  const shown = out(`helm template /root/c ${given}`);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(shown).toContain('"__proto__":{"json":1,"polluted":1},"constructor":{"prototype":{"polluted":1}}');
  expect(shown).toContain('b: {"__proto__":{"polluted":1}}');
  expect(err('helm template /root/c --set toString.a=1')).toBe('');
  chart({ 'templates/x.yaml': '{{ set .Values "__proto__" (dict "polluted" 1) | toJson }}' }, '');
  expect(err('helm template /root/c')).not.toContain('panic');
  expect(out('helm env constructor')).toBe('\n');
});
