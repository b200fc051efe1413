import type { Scenario } from '../scenario.ts';
import { FILES } from './manifests.ts';

export const describe: Scenario = {
  name: 'describe',
  files: {
    ...FILES,
    'kinds.yaml': `apiVersion: v1
kind: LimitRange
metadata: {name: ranges}
spec:
  limits:
  - type: Container
    default: {cpu: 500m}
    defaultRequest: {cpu: 100m}
    max: {cpu: 1}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: scoped}
spec:
  hard: {pods: "3"}
  scopes: [BestEffort]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  hostPath: {path: /data}
  storageClassName: manual
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions:
        - {key: disk, operator: In, values: [ssd, nvme]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: slow
  resources: {requests: {storage: 1Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: fast
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: example.com/disk
parameters: {type: ssd}
mountOptions: [ro]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from:
    - podSelector: {matchLabels: {role: front}}
      namespaceSelector: {}
    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
    ports:
    - {port: 80}
    - {port: 8000, endPort: 8010, protocol: UDP}
  - {}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: a, image: "nginx:1.29"}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: a, image: "nginx:1.29"}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: deep}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 60
      policies: [{type: Pods, value: 1, periodSeconds: 30}]
  metrics:
  - type: Resource
    resource: {name: memory, target: {type: AverageValue, averageValue: 64Mi}}
  - type: Pods
    pods: {metric: {name: hits}, target: {type: AverageValue, averageValue: "10"}}
  - type: Object
    object: {metric: {name: rps}, describedObject: {kind: Service, name: web, apiVersion: v1}, target: {type: Value, value: "5"}}
  - type: External
    external: {metric: {name: queue}, target: {type: Value, value: "30"}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: example.com/ingress}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: many, annotations: {a: b}}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
  tls: [{hosts: [a.example], secretName: cert}, {hosts: [b.example]}]
  rules:
  - host: a.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: nobody, port: {name: http}}}}
  - http:
      paths:
      - {path: /b, pathType: Exact, backend: {resource: {apiGroup: x.y, kind: Z, name: z}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: plain}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: mixed}
rules:
- {apiGroups: ["", apps], resources: [pods, deployments], verbs: [get]}
- {apiGroups: [""], resources: [pods, pods/log], verbs: [list]}
- {apiGroups: [""], resources: [secrets], resourceNames: [a, b], verbs: [get]}
- {nonResourceURLs: [/healthz, /livez], verbs: [get]}
- {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
`,
    'rc.yaml': `apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec:
  replicas: 1
  selector: {app: old}
  template:
    metadata: {labels: {app: old}}
    spec:
      containers: [{name: a, image: "nginx:1.29"}]
`,
    'job.yaml': `apiVersion: batch/v1
kind: Job
metadata: {name: indexed}
spec:
  completions: 3
  parallelism: 2
  completionMode: Indexed
  backoffLimitPerIndex: 1
  template:
    spec:
      restartPolicy: Never
      initContainers: [{name: first, image: "busybox:1.37", command: ["true"]}]
      volumes:
      - {name: s, secret: {secretName: key, optional: true}}
      - {name: c, configMap: {name: settings, optional: true}}
      - {name: d, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
      - {name: p, projected: {sources: [{configMap: {name: settings}}, {secret: {name: key}}]}}
      - {name: h, hostPath: {path: /var, type: Directory}}
      - {name: m, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
      containers:
      - name: a
        image: busybox:1.37
        command: ["true"]
        envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: key}, prefix: P_}]
        env:
        - {name: A, value: b}
        - {name: S, valueFrom: {secretKeyRef: {name: key, key: token}}}
        - {name: C, valueFrom: {configMapKeyRef: {name: settings, key: color, optional: true}}}
        - {name: R, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        ports: [{containerPort: 80, name: http}, {containerPort: 81, hostPort: 8081, protocol: UDP}]
        livenessProbe: {httpGet: {path: /x, port: http}, initialDelaySeconds: 3}
        readinessProbe: {exec: {command: [cat, /x]}}
        startupProbe: {tcpSocket: {port: 80}, failureThreshold: 30}
        resources: {limits: {cpu: 100m, memory: 32Mi}}
        volumeMounts: [{name: s, mountPath: /s, readOnly: true}, {name: c, mountPath: /c, subPath: color}]
`,
  },
  script: `
@quiet kubectl apply -f web.yaml -f pod.yaml -f config.yaml
@quiet kubectl create secret generic key --from-literal=token=abcdef
@quiet kubectl create quota limits --hard=pods=50,requests.cpu=4
@quiet kubectl create job once --image=busybox:1.37 -- echo done
@quiet kubectl create cronjob tick --image=busybox:1.37 --schedule='*/5 * * * *' -- date
@quiet kubectl create ingress front --class=nginx --rule='a.example/path*=web:80'
@quiet kubectl create role reader --verb=get,list --resource=pods
@quiet kubectl create rolebinding reads --role=reader --user=jane
@quiet kubectl create pdb web --selector=app=web --min-available=1
@quiet kubectl autoscale deployment web --min=1 --max=3 --cpu=50%
@quiet kubectl apply -f kinds.yaml
@quiet kubectl apply -f rc.yaml
@quiet kubectl apply -f job.yaml
@pass 30
kubectl describe pod box
kubectl describe pods -l app=web
kubectl describe deployment web
kubectl describe rs
kubectl describe svc web
kubectl describe cm settings
kubectl describe secret key
kubectl describe node node-1
kubectl describe ns default
kubectl describe quota limits
kubectl describe job once
kubectl describe cronjob tick
kubectl describe ingress front
kubectl describe role reader
kubectl describe rolebinding reads
kubectl describe clusterrole view
kubectl describe pdb web
kubectl describe hpa web
kubectl describe sa default
kubectl describe endpoints web
kubectl describe endpointslice -l kubernetes.io/service-name=web
kubectl describe priorityclass system-node-critical
kubectl describe limitrange ranges
kubectl describe quota scoped
kubectl describe ns default
kubectl describe pv disk
kubectl describe pvc claim
kubectl describe sc fast
kubectl describe netpol shut
kubectl describe netpol open
kubectl describe rc old
kubectl describe sts db
kubectl describe ds agent
kubectl describe hpa deep
kubectl describe ingressclass nginx
kubectl describe ingress many
kubectl describe ingress plain
kubectl describe clusterrole mixed
kubectl describe job indexed
kubectl describe pod -l job-name=indexed
kubectl describe pods -n kube-system kube-scheduler
kubectl describe nodes -l nonesuch
kubectl describe all
kubectl describe node control-plane
kubectl describe lease -n kube-system kube-scheduler
kubectl describe pod nobody
kubectl describe pod bo
kubectl describe nonesuch
kubectl describe
kubectl describe -f pod.yaml
kubectl describe pod/box svc/web --show-events=false
`,
};
