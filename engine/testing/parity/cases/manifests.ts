/** Files that several scenarios share, by relative path. */
export const FILES: Readonly<Record<string, string>> = {
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: nginx
        image: nginx:1.29
        ports:
        - containerPort: 80
        resources:
          requests:
            cpu: 50m
            memory: 32Mi
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - port: 80
    targetPort: 80
`,
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: box
  labels:
    tier: tools
  annotations:
    note: kept for tests
spec:
  containers:
  - name: main
    image: busybox:1.37
    command: ["sh", "-c", "echo ready; sleep 100000"]
    env:
    - name: COLOR
      value: blue
    - name: NODE
      valueFrom:
        fieldRef:
          fieldPath: spec.nodeName
    volumeMounts:
    - name: scratch
      mountPath: /scratch
  volumes:
  - name: scratch
    emptyDir: {}
`,
  'config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  color: blue
  file.conf: |
    one
    two
`,
};
