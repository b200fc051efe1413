/** The files of the chart that learners install: a web server with a page of its own. */
export function nginxChart(version: '1.0.0' | '1.1.0'): Readonly<Record<string, string>> {
  const appVersion = version === '1.0.0' ? '1.28' : '1.29';
  return {
    'Chart.yaml': `apiVersion: v2
name: nginx
description: A web server with a page of its own
type: application
version: ${version}
appVersion: "${appVersion}"
`,
    'values.yaml': VALUES,
    'README.md': README,
    'templates/_helpers.tpl': PARTIALS,
    'templates/configmap.yaml': CONFIG_MAP,
    'templates/deployment.yaml': DEPLOYMENT,
    'templates/service.yaml': SERVICE,
    'templates/NOTES.txt': NOTES,
  };
}

const VALUES = `# How many Pods serve the page.
replicaCount: 1

image:
  repository: nginx
  # The chart's appVersion, unless told.
  tag: ""
  pullPolicy: IfNotPresent

# What the page says.
message: Hello from a chart

service:
  # ClusterIP, NodePort or LoadBalancer.
  type: ClusterIP
  port: 80

resources: {}
`;

const README = `# nginx

A web server with a page of its own.

    helm install web drydock/nginx --set message="Good morning"

| value | what it is | default |
|---|---|---|
| replicaCount | how many Pods serve the page | 1 |
| image.repository, image.tag | the image | nginx, the chart's appVersion |
| message | what the page says | Hello from a chart |
| service.type, service.port | how the page is reached | ClusterIP, 80 |
| resources | requests and limits of the container | none |
`;

const PARTIALS = `{{- define "nginx.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "nginx.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "nginx.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "nginx.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
`;

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "nginx.fullname" . }}
  labels:
    {{- include "nginx.labels" . | nindent 4 }}
data:
  index.html: |
    {{ .Values.message }}
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "nginx.fullname" . }}
  labels:
    {{- include "nginx.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      {{- include "nginx.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      annotations:
        # A new page makes new Pods.
        checksum/page: {{ .Values.message | sha256sum }}
      labels:
        {{- include "nginx.labels" . | nindent 8 }}
    spec:
      containers:
        - name: nginx
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports:
            - name: http
              containerPort: 80
          readinessProbe:
            httpGet:
              path: /
              port: http
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          volumeMounts:
            - name: page
              mountPath: /usr/share/nginx/html
      volumes:
        - name: page
          configMap:
            name: {{ include "nginx.fullname" . }}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: {{ include "nginx.fullname" . }}
  labels:
    {{- include "nginx.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
  selector:
    {{- include "nginx.selectorLabels" . | nindent 4 }}
`;

const NOTES = `The page is served inside the cluster at

  http://{{ include "nginx.fullname" . }}.{{ .Release.Namespace }}.svc:{{ .Values.service.port }}

Look at it with

  kubectl run look --rm -it --restart=Never --image=curlimages/curl -n {{ .Release.Namespace }} -- curl -s http://{{ include "nginx.fullname" . }}:{{ .Values.service.port }}
`;
