cat > policy.yaml <<'END'
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
  resources:
  - group: ""
    resources: [secrets]
- level: RequestResponse
  verbs: [delete, deletecollection]
  resources:
  - group: ""
    resources: [configmaps]
END
scp policy.yaml control-plane:/etc/kubernetes/audit-policy.yaml
ssh control-plane <<'END'
mkdir /etc/kubernetes/audit && mv /etc/kubernetes/audit-policy.yaml /etc/kubernetes/audit/policy.yaml
mkdir -p /var/log/kubernetes/audit
sed -i -e '/- kube-apiserver$/a\    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit/audit.log' \
  -e '/volumeMounts:/a\    - {name: audit-policy, mountPath: /etc/kubernetes/audit, readOnly: true}\n    - {name: audit-log, mountPath: /var/log/kubernetes/audit}' \
  -e '/^  volumes:/a\  - {name: audit-policy, hostPath: {path: /etc/kubernetes/audit, type: Directory}}\n  - {name: audit-log, hostPath: {path: /var/log/kubernetes/audit, type: DirectoryOrCreate}}' \
  /etc/kubernetes/manifests/kube-apiserver.yaml
END
sleep 40
