cat > policy.yaml <<'END'
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
- level: None
  verbs: [get, list, watch]
END
scp policy.yaml control-plane:/etc/kubernetes/audit-policy.yaml
ssh control-plane <<'END'
mkdir -p /var/log/kubernetes/audit
sed -i -e '/- kube-apiserver$/a\    - --audit-policy-file=/etc/kubernetes/audit-policy.yaml\n    - --audit-log-path=/var/log/kubernetes/audit/audit.log' \
  -e '/volumeMounts:/a\    - {name: audit-policy, mountPath: /etc/kubernetes/audit-policy.yaml, readOnly: true}\n    - {name: audit-log, mountPath: /var/log/kubernetes/audit}' \
  -e '/^  volumes:/a\  - {name: audit-policy, hostPath: {path: /etc/kubernetes/audit-policy.yaml, type: File}}\n  - {name: audit-log, hostPath: {path: /var/log/kubernetes/audit, type: DirectoryOrCreate}}' \
  /etc/kubernetes/manifests/kube-apiserver.yaml
END
sleep 40
