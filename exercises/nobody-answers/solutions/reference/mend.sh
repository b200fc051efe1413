ssh control-plane <<'END'
cd /etc/kubernetes/manifests
sed -i 's/^   - --auto-compaction/    - --auto-compaction/' etcd.yaml
sed -i 's/,PodSecurityPolicy//' kube-apiserver.yaml
END
until kubectl get --raw /readyz; do sleep 5; done
kubectl rollout status deployment/ferry --timeout=60s
