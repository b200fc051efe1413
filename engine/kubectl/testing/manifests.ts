/** A Pod with two containers, a probe and a volume. */
export const POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
  - name: nginx
    image: nginx
    ports:
    - containerPort: 80
      name: http
    readinessProbe:
      httpGet:
        port: 80
    volumeMounts:
    - name: data
      mountPath: /data
  - name: side
    image: busybox
    command: [sh, -c, sleep 1]
    resources:
      requests:
        cpu: 100m
  volumes:
  - name: data
    emptyDir: {}
`;

/** A Deployment and a ConfigMap in one file. */
export const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  x: "1"
`;
