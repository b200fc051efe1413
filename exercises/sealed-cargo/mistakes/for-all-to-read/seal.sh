ssh control-plane <<'END'
mkdir -p /etc/kubernetes/enc
cat > /etc/kubernetes/enc/enc.yaml <<YAML
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aescbc:
      keys:
      - {name: spring, secret: $(head -c 32 /dev/urandom | base64)}
  - identity: {}
YAML
sed -i -e '/- kube-apiserver$/a\    - --encryption-provider-config=/etc/kubernetes/enc/enc.yaml' \
  -e '/volumeMounts:/a\    - {name: enc, mountPath: /etc/kubernetes/enc, readOnly: true}' \
  -e '/^  volumes:/a\  - {name: enc, hostPath: {path: /etc/kubernetes/enc, type: Directory}}' \
  /etc/kubernetes/manifests/kube-apiserver.yaml
END
sleep 40
kubectl get secrets --all-namespaces -o json | kubectl replace -f -
