/**
 * The files of NVIDIA's chart of its DRA driver, as far as it concerns GPUs (its ComputeDomains need NVLink, which no machine here
 * has). https://github.com/NVIDIA/k8s-dra-driver-gpu/tree/main/deployments/helm
 */
export function nvidiaDraChart(): Readonly<Record<string, string>> {
  return {
    'Chart.yaml': `apiVersion: v2
name: nvidia-dra-driver-gpu
description: Official Helm chart for the NVIDIA DRA Driver for GPUs
type: application
version: 25.8.1
appVersion: "25.8.1"
kubeVersion: ">=1.32.0-0"
`,
    'values.yaml': VALUES,
    'README.md': README,
    'templates/_helpers.tpl': PARTIALS,
    'templates/deviceclass-gpu.yaml': DEVICE_CLASS,
    'templates/kubeletplugin.yaml': DAEMON_SET,
    'templates/rbac-kubeletplugin.yaml': RBAC,
    'templates/serviceaccount-kubeletplugin.yaml': SERVICE_ACCOUNT,
  };
}

const VALUES = `image:
  repository: nvcr.io/nvidia/k8s-dra-driver-gpu
  # The chart's appVersion, unless told.
  tag: ""
  pullPolicy: IfNotPresent

# Where the driver's files are on the machines.
nvidiaDriverRoot: /

# Both a device plugin and this driver must not hand out the same GPUs: this says that somebody has thought of it.
gpuResourcesEnabledOverride: false

resources:
  gpus:
    enabled: true
  computeDomains:
    enabled: false

kubeletPlugin:
  priorityClassName: system-node-critical
  nodeSelector: {}
  tolerations:
    - key: nvidia.com/gpu
      operator: Exists
      effect: NoSchedule
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions:
              - key: nvidia.com/gpu.present
                operator: In
                values: ["true"]
`;

const README = `# nvidia-dra-driver-gpu

NVIDIA's driver of GPUs for Dynamic Resource Allocation. Where it hands out GPUs, the device plugin must not.

    helm install nvidia-dra-driver-gpu drydock/nvidia-dra-driver-gpu --create-namespace --namespace nvidia-dra-driver-gpu \\
      --set gpuResourcesEnabledOverride=true
`;

const PARTIALS = `{{- define "nvidia-dra-driver-gpu.selectorLabels" -}}
nvidia-dra-driver-gpu-component: kubelet-plugin
{{- end -}}

{{- define "nvidia-dra-driver-gpu.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "nvidia-dra-driver-gpu.account" -}}
{{ .Release.Name }}-service-account-kubeletplugin
{{- end -}}
`;

const DEVICE_CLASS = `{{- if .Values.resources.computeDomains.enabled }}
{{- fail "resources.computeDomains.enabled: ComputeDomains need NVLink, which the machines here do not have" }}
{{- end }}
{{- if not .Values.gpuResourcesEnabledOverride }}
{{- fail "resources.gpus.enabled: this driver and the device plugin must not hand out the same GPUs. Set gpuResourcesEnabledOverride=true if no device plugin does" }}
{{- end }}
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata:
  name: gpu.nvidia.com
spec:
  selectors:
    - cel:
        expression: "device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'gpu'"
`;

const SERVICE_ACCOUNT = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "nvidia-dra-driver-gpu.account" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "nvidia-dra-driver-gpu.labels" . | nindent 4 }}
`;

const RBAC = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Release.Name }}-clusterrole-kubeletplugin
  labels:
    {{- include "nvidia-dra-driver-gpu.labels" . | nindent 4 }}
rules:
  - apiGroups: [resource.k8s.io]
    resources: [resourceclaims]
    verbs: [get]
  - apiGroups: [resource.k8s.io]
    resources: [resourceslices]
    verbs: [get, list, watch, create, update, patch, delete]
  - apiGroups: [""]
    resources: [nodes]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .Release.Name }}-clusterrole-binding-kubeletplugin
  labels:
    {{- include "nvidia-dra-driver-gpu.labels" . | nindent 4 }}
subjects:
  - kind: ServiceAccount
    name: {{ include "nvidia-dra-driver-gpu.account" . }}
    namespace: {{ .Release.Namespace }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .Release.Name }}-clusterrole-kubeletplugin
`;

const DAEMON_SET = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}-kubelet-plugin
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "nvidia-dra-driver-gpu.labels" . | nindent 4 }}
spec:
  selector:
    matchLabels:
      {{- include "nvidia-dra-driver-gpu.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "nvidia-dra-driver-gpu.selectorLabels" . | nindent 8 }}
    spec:
      priorityClassName: {{ .Values.kubeletPlugin.priorityClassName }}
      serviceAccountName: {{ include "nvidia-dra-driver-gpu.account" . }}
      containers:
        - name: gpus
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "v%s" .Chart.AppVersion) }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          command: [gpu-kubelet-plugin]
          securityContext:
            privileged: true
          env:
            - name: NVIDIA_DRIVER_ROOT
              value: {{ .Values.nvidiaDriverRoot }}
            - name: NVIDIA_VISIBLE_DEVICES
              value: void
            - name: CDI_ROOT
              value: /var/run/cdi
            - name: NODE_NAME
              valueFrom:
                fieldRef:
                  fieldPath: spec.nodeName
          volumeMounts:
            - name: plugins-registry
              mountPath: /var/lib/kubelet/plugins_registry
            - name: plugins
              mountPath: /var/lib/kubelet/plugins
            - name: cdi
              mountPath: /var/run/cdi
      volumes:
        - name: plugins-registry
          hostPath:
            path: /var/lib/kubelet/plugins_registry
        - name: plugins
          hostPath:
            path: /var/lib/kubelet/plugins
            type: DirectoryOrCreate
        - name: cdi
          hostPath:
            path: /var/run/cdi
            type: DirectoryOrCreate
      {{- with .Values.kubeletPlugin.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.kubeletPlugin.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.kubeletPlugin.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
`;
