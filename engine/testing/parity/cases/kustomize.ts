import type { Scenario } from '../scenario.ts';

// Kustomizations: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/

const FILES = {
  'base/kustomization.yaml': `resources:
- deployment.yaml
- service.yaml
- config.yaml
`,
  'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      serviceAccountName: runner
      containers:
      - name: nginx
        image: nginx:1.29
        envFrom:
        - configMapRef:
            name: settings
        env:
        - name: PASSWORD
          valueFrom:
            secretKeyRef:
              name: pass
              key: word
      volumes:
      - name: conf
        configMap:
          name: settings
`,
  'base/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - port: 80
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: runner
`,
  'base/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  color: blue
`,
  'over/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: default
namePrefix: dev-
nameSuffix: "-x"
resources:
- ../base
labels:
- pairs:
    team: blue
  includeSelectors: false
commonAnnotations:
  note: hello
images:
- name: nginx
  newTag: "1.28"
replicas:
- name: web
  count: 3
patches:
- path: patch.yaml
- target:
    kind: Service
  patch: |-
    - op: replace
      path: /spec/ports/0/port
      value: 8080
secretGenerator:
- name: pass
  literals:
  - word=secret
`,
  'over/patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: nginx
        resources:
          limits:
            memory: 64Mi
`,
  'empty/kustomization.yaml': `namePrefix: a-
`,
  'nothing/readme.txt': `no
`,
  'missing/kustomization.yaml': `resources:
- nowhere.yaml
`,
  'unknown/kustomization.yaml': `resources: []
nonesuch: 5
`,
  'gen/kustomization.yaml': `configMapGenerator:
- name: files
  files:
  - app.properties
  - other=app.properties
  literals:
  - a=b
- name: plain
  literals: [x=y]
  options:
    disableNameSuffixHash: true
    labels:
      kept: "yes"
secretGenerator:
- name: tls
  type: kubernetes.io/tls
  literals: [tls.crt=a, tls.key=b]
generatorOptions:
  annotations:
    made: by-us
commonLabels:
  all: of-them
resources:
- pod.yaml
`,
  'gen/app.properties': `one=1
two=2
`,
  'gen/pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: user
spec:
  containers:
  - name: a
    image: busybox
    envFrom:
    - configMapRef:
        name: files
    - secretRef:
        name: tls
`,
  'six/kustomization.yaml': `resources: [../base]
patchesJson6902:
- target:
    group: apps
    version: v1
    kind: Deployment
    name: web
  path: six.yaml
patchesStrategicMerge:
- sm.yaml
`,
  'six/six.yaml': `- op: add
  path: /spec/template/spec/containers/0/args
  value: ["-v"]
- op: remove
  path: /spec/replicas
`,
  'six/sm.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  color: null
  shape: round
---
$patch: delete
apiVersion: v1
kind: Service
metadata:
  name: web
`,
  'comp/kustomization.yaml': `resources: [../base]
components: [../piece]
`,
  'piece/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
commonAnnotations:
  piece: added
configMapGenerator:
- name: settings
  behavior: merge
  literals: [size=big]
`,
  'badpatch/kustomization.yaml': `resources: [../base]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: nobody
    spec:
      replicas: 5
`,
  'dup/kustomization.yaml': `resources: [../base, ../base]
`,
};

export const kustomize: Scenario = {
  name: 'kustomize',
  files: FILES,
  script: `
kubectl kustomize base
kubectl kustomize over
kubectl kustomize nothing
kubectl kustomize empty
kubectl kustomize missing
kubectl kustomize unknown
kubectl kustomize
kubectl apply -k over
kubectl apply -k over
kubectl get -k over
kubectl diff -k over
kubectl apply -k nothing
kubectl apply -k base -f over
kubectl apply -k missing
kubectl delete -k over
kubectl kustomize gen
kubectl kustomize six
kubectl kustomize comp
kubectl kustomize badpatch
kubectl kustomize dup
kubectl kustomize over -o out.yaml; cat out.yaml
kubectl kustomize base over
`,
};
